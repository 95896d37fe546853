import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Segment } from '../src/segment.js';
import { repairSegment } from '../src/slow-lane.js';

describe('repairSegment', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-slow-'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  function repaired(lines: readonly Buffer[]): readonly { data: object; meta?: object }[] {
    const file = path.join(folder, 'segment.ndjson');
    const content = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    fs.writeFileSync(file, content);
    const segment: Segment = {
      path: file,
      bytes: content.length,
      records: lines.length,
      checksum: 0,
      longestLine: content.length,
      carries: false,
      lines: [0, 1],
    };
    repairSegment(segment);
    const texts = fs.readFileSync(file, 'utf8').trim().split('\n');
    return texts.map((text) => JSON.parse(text).record);
  }

  it('D-TYP-08 bytes that are not UTF-8 become U+FFFD and are noted; a U+FFFD that was sent is a text', () => {
    const record = (name: Buffer) =>
      Buffer.concat([
        Buffer.from('{"type":"RECORD","record":{"stream":"s","emitted_at":1,"data":{"id":1,"name":"'),
        name,
        Buffer.from('","deep":{"a":["x"]}}}}'),
      ]);
    const [broken, sent] = repaired([record(Buffer.from([0x61, 0xff, 0x62])), record(Buffer.from('a\ufffdb'))]);
    expect(broken).toMatchObject({
      data: { name: 'a\ufffdb' },
      meta: { changes: [{ field: 'name', change: 'TRUNCATED', reason: 'DESTINATION_SERIALIZATION_ERROR' }] },
    });
    expect(sent).toMatchObject({ data: { name: 'a\ufffdb' } });
    expect(sent).not.toHaveProperty('meta');
  });
});
