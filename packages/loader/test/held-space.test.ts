import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ConfiguredStream } from '@cuttle/protocol';
import { HeldSpace } from '../src/held-space.js';
import { SegmentWriter } from '../src/segment-writer.js';
import { StreamLoad } from '../src/stream-load.js';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-held-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const configured: ConfiguredStream = {
  stream: { name: 's', json_schema: {}, supported_sync_modes: ['incremental'] },
  sync_mode: 'incremental',
  destination_sync_mode: 'append',
};
const table = { schema: 'main', name: 's' };

function load(held: HeldSpace, prefix: string): StreamLoad {
  return new StreamLoad({
    configured,
    plan: { table, columns: [], key: [], cursor: undefined, tombstone: undefined },
    landing: { kind: 'append', into: table, replace: 'never', isFresh: false, startsEmpty: false },
    openTable: { ...table, name: 'open' },
    batchTable: { ...table, name: 'batch' },
    attempt: 1,
    knownBatches: [],
    writer: new SegmentWriter({ folder, prefix, segmentRecords: 3 }),
    openBytes: 100,
    held,
    memoryMb: undefined,
  });
}

/** Records of 50 bytes, a line each. */
function send(stream: StreamLoad, count: number, bytes = 49): void {
  const buffer = Buffer.alloc(bytes, 'x');
  for (let line = 1; line <= count; line += 1) {
    stream.record({ buffer, start: 0, end: bytes, dataStart: 1, dataEnd: bytes, line });
  }
}
const state = { type: 'STREAM', stream: { stream_descriptor: { name: 's' }, stream_state: { n: 1 } } } as const;
const sizes = (segments: readonly { readonly records: number }[] = []) => segments.map(({ records }) => records);

describe('HeldSpace', () => {
  it('lets rows wait in files while there is room, and gives it back when their state comes', () => {
    const held = new HeldSpace(500);
    const stream = load(held, 'a');
    for (let part = 0; part < 2; part += 1) {
      send(stream, 5);
      expect(stream.take()).toBeUndefined();
    }
    expect(held.grow(0, 1)).toBe(false);
    stream.state(state);
    expect(sizes(stream.take()?.closed)).toEqual([3, 3, 3, 1]);
    expect(held.grow(0, 500)).toBe(true);
  });

  it('sends rows to the side table when other streams have taken the room', () => {
    const held = new HeldSpace(500);
    const first = load(held, 'a');
    send(first, 8);
    expect(first.take()).toBeUndefined();
    const second = load(held, 'b');
    send(second, 4);
    expect(sizes(second.take()?.side)).toEqual([3, 1]);
    first.discard();
    send(second, 4);
    expect(second.take()).toBeUndefined();
  });

  it('sends long lines to the side table, whatever room there is', () => {
    const stream = load(new HeldSpace(1e9), 'a');
    send(stream, 1, 200_000);
    expect(sizes(stream.take()?.side)).toEqual([1]);
  });

  it('takes a part of what is free, and bounds it by the size of a commit', () => {
    const held = HeldSpace.on(folder, 10);
    const isMemory = fs.statfsSync(folder).type === 0x01021994;
    expect([held.grow(0, 161), held.grow(0, 160)]).toEqual([false, !isMemory]);
  });
});
