import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type AirbyteSettings, AirbyteStandIn, addWorkspace, fillWithNovel } from '@cuttle/sandbox';
import type { Terminal } from '../src/index.js';
import { Repository, type Written } from './fake-terminal.js';

const CUTTLE = path.join(__dirname, '../bin/cuttle.js');
const AUTH = 'auth: { clientId: cuttle-client, clientSecret: { $env: AIRBYTE_CLIENT_SECRET } }';

/** A repository with the stack `novel`, an Airbyte server over HTTP, and `cuttle` between them. */
export class AirbyteStack {
  readonly repository = new Repository();
  readonly airbyte: AirbyteStandIn;
  environment: Record<string, string | undefined> = { AIRBYTE_CLIENT_SECRET: 'canary-client-secret-4711' };
  readonly secrets: readonly string[];
  #server: { readonly url: string; close(): Promise<void> } | undefined;

  /** @param isEmpty whether the workspace holds nothing; else the Novel stack */
  constructor(isEmpty = false, settings: Partial<AirbyteSettings> = {}) {
    this.airbyte = new AirbyteStandIn({ ...settings, tokenSeconds: 86_400 });
    this.secrets = ['canary-client-secret-4711', ...(isEmpty ? [] : fillWithNovel(this.airbyte).secrets)];
    if (isEmpty) addWorkspace(this.airbyte, 'Novel');
  }

  /** Starts the server and writes the Project document. @param more lines of the target */
  async open(more = ''): Promise<void> {
    this.#server = await this.airbyte.listen();
    const target = `{ type: airbyte, url: "${this.#server.url}", workspace: Novel, ${AUTH}${more === '' ? '' : `, ${more}`} }`;
    this.write('project.yaml', `kind: Project\nname: novel\ntargets:\n  local: { type: local }\n  prod: ${target}\n`);
  }

  get folder(): string {
    return path.join(this.repository.root, 'connections/novel');
  }

  write(file: string, text: string): void {
    this.repository.write(`connections/novel/${file}`, text);
  }

  read(file: string): string {
    return fs.readFileSync(path.join(this.folder, file), 'utf8');
  }

  /** Replaces a text in a file; fails when it is not there. */
  edit(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} has no ${from}:\n${text}`);
    this.write(
      file,
      text.replace(from, () => to),
    );
  }

  run(argv: readonly string[], more: Partial<Terminal> = {}): Promise<Written> {
    return this.repository.run(argv, { environment: this.environment, width: 80, ...more });
  }

  /** Runs `cuttle` as a process, with modules loaded before it; gives its exit code and all that it wrote. */
  runProcess(
    argv: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
    preloads: readonly string[],
  ): Promise<{ readonly code: number | null; readonly text: string }> {
    const required = preloads.flatMap((file) => ['--require', file]);
    const options = { cwd: this.repository.root, env: { ...process.env, ...env } };
    const child = spawn(process.execPath, [...required, CUTTLE, ...argv], options);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (text += part));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })));
  }

  /** Imports everything and sets each variable. */
  async importAll(): Promise<void> {
    const { code, err } = await this.run(['import', '--all']);
    if (code !== 0) throw new Error(err);
    for (const line of this.read('.env.example').split('\n')) {
      const name = line.split('=')[0] ?? '';
      if (/^[A-Z]/.test(name)) this.environment[name] = `canary-value-of-${name}`;
    }
  }

  async close(): Promise<void> {
    await this.#server?.close();
    this.repository.remove();
  }
}
