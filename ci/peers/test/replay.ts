import fs from 'node:fs';
import path from 'node:path';
import type { ConfiguredStream, JsonObject } from '@cuttle/protocol';

const OK = { type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } };
const SPEC = { type: 'SPEC', spec: { connectionSpecification: { type: 'object', properties: {} } } };

/** What a made source gives: the records of one stream, and whether it dies behind them. */
export interface Replay {
  readonly stream: ConfiguredStream['stream'];
  readonly records: readonly JsonObject[];
  readonly isCut?: boolean;
}

/** Writes an executable source that answers from files. @returns its path */
export function replaySource(folder: string, name: string, { stream, records, isCut = false }: Replay): string {
  const own = fs.mkdtempSync(path.join(folder, `${name}-`));
  const status = (word: string): unknown => ({
    type: 'TRACE',
    trace: {
      type: 'STREAM_STATUS',
      emitted_at: 1,
      stream_status: { stream_descriptor: { name: stream.name }, status: word },
    },
  });
  const messages = [
    status('STARTED'),
    ...records.map((data) => ({
      type: 'RECORD',
      record: { stream: stream.name, data, emitted_at: 1_717_200_000_000 },
    })),
    ...(isCut ? [] : [stateOf(stream.name), status('COMPLETE')]),
  ];
  const write = (file: string, lines: readonly unknown[]): void =>
    fs.writeFileSync(path.join(own, file), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  write('spec.ndjson', [SPEC]);
  write('check.ndjson', [OK]);
  write('discover.ndjson', [{ type: 'CATALOG', catalog: { streams: [stream] } }]);
  write('read.ndjson', messages);
  const file = path.join(own, 'source-replay');
  const end = isCut ? '\n[ "$1" != read ] || exit 1' : '';
  fs.writeFileSync(file, `#!/bin/sh\ncat '${own}'/"$1".ndjson${end}\n`, { mode: 0o755 });
  return file;
}

function stateOf(name: string): unknown {
  return {
    type: 'STATE',
    state: { type: 'STREAM', stream: { stream_descriptor: { name }, stream_state: { at: 1 } } },
  };
}
