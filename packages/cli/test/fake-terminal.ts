import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { main, type Terminal } from '../src/index.js';

const FIXTURES = path.join(__dirname, '../../runner/test/fixtures');

/** What a command wrote. */
export interface Written {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A repository in a temp folder in which commands are run. */
export class Repository {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-cli-'));

  write(file: string, text: string): void {
    const full = path.join(this.root, file);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, text);
  }

  /** A stack `shop` with connections from the fake source to the fake destination; keys are their names. */
  writeShop(sources: { readonly [connection: string]: object }): void {
    const documents = [
      `kind: Connectors\nsources: { fake: { path: ${FIXTURES}/source } }\ndestinations: { fake: { path: ${FIXTURES}/destination } }`,
      `kind: Pipeline\nname: all\nsteps:\n  - sync: ${JSON.stringify(Object.keys(sources))}`,
    ];
    for (const [name, config] of Object.entries(sources)) {
      const streams = { streams: [{ name: 'orders', count: 3 }], ...config };
      documents.push(
        `kind: Source\nname: from ${name}\nconnector: fake\nconfig: ${JSON.stringify(streams)}`,
        `kind: Destination\nname: to ${name}\nconnector: fake\nconfig: { folder: ${path.join(this.root, 'rows', name)} }`,
        `kind: Connection\nname: ${name}\nsource: from ${name}\ndestination: to ${name}\nstreams: { orders: { sync: incremental append } }`,
      );
    }
    this.write('connections/shop/all.yaml', documents.join('\n---\n'));
  }

  /** Runs `cuttle` in this process, in a folder of the repository. */
  async run(argv: readonly string[], more: Partial<Terminal> = {}): Promise<Written> {
    let out = '';
    let err = '';
    const terminal: Terminal = {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      isInteractive: false,
      hasColour: false,
      width: 100,
      environment: {},
      folder: this.root,
      ...more,
    };
    const code = await main(argv, terminal);
    return { code, out, err };
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
