import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';
import type { JsonObject } from '@cuttle/protocol';
import { writeJson } from '@cuttle/testing';
import { peerEnvironment, programOf } from './peer.js';

const SCRIPT = path.join(__dirname, '..', 'python', 'drive_airbyte.py');

/** What the server answered to a call of the SDK. */
export interface Answer {
  readonly status: number;
  readonly body?: JsonObject;
  /** Class of the SDK's error. */
  readonly error?: string;
  readonly text?: string;
}

/** The published SDK in a process that lasts, which makes one call after the other. */
export class AirbyteSdk {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: ((answer: Answer) => void)[] = [];
  #rest = '';
  #errors = '';

  /** @param url address of the public API */
  constructor(folder: string, url: string) {
    const job = { url, client_id: 'cuttle-client', client_secret: 'canary-client-secret-4711' };
    const args = [SCRIPT, writeJson(folder, 'sdk.json', job)];
    this.#child = spawn(programOf('api'), args, { cwd: folder, env: peerEnvironment(folder) });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${this.#rest}${text}`.split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines.filter((entry) => entry.startsWith('ANSWER ')))
        this.#waiting.shift()?.(JSON.parse(line.slice('ANSWER '.length)) as Answer);
    });
    this.#child.once('close', () => {
      for (const answer of this.#waiting.splice(0)) answer({ status: 0, error: 'Ended', text: this.#errors });
    });
  }

  /**
   * Makes a call such as `sources.get_source`; gives whatever came of it.
   *
   * @param request a map with `$model` or `$api` is that class of the SDK, built without its checks
   */
  async try(call: string, request: unknown): Promise<Answer> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin.write(`${JSON.stringify({ call, request })}\n`);
    });
  }

  /** Makes a call. @throws unless it succeeds */
  async call(call: string, request: unknown): Promise<JsonObject> {
    const answer = await this.try(call, request);
    if (answer.error === undefined && answer.status < 300) return answer.body ?? {};
    // The server did it; the SDK's models do not know every answer.
    if (answer.error === 'ResponseValidationError' && answer.body !== undefined) return answer.body;
    throw new Error(`${call}: ${JSON.stringify(answer)}`);
  }

  close(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }
}
