import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { inputLineOf, type Segment, verifySegment } from '../src/segment.js';
import { SegmentWriter } from '../src/segment-writer.js';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-segment-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const contentOf = (segments: readonly Segment[]) =>
  segments.map((segment) => fs.readFileSync(segment.path, 'utf8')).join('');

describe('SegmentWriter', () => {
  it('hands out every line once, in order, cut at the last mark, with its input line', () => {
    const actions = fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.nat({ max: 60 }) },
        fc.constant('mark' as const),
        fc.constant('take' as const),
        fc.constant('resume' as const),
        fc.constant('flush' as const),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(actions, fc.integer({ min: 1, max: 12 }), (steps, segmentRecords) => {
        const writer = new SegmentWriter({
          folder: fs.mkdtempSync(path.join(folder, 'run-')),
          prefix: 's0',
          segmentRecords,
        });
        let closed = '';
        let open = '';
        let line = 0;
        const expectTaken = () => {
          const taken = writer.take();
          expect([contentOf(taken.closed), contentOf(taken.open)]).toEqual([closed, open]);
          for (const segment of [...taken.closed, ...taken.open]) {
            verifySegment(segment);
            const lines = fs.readFileSync(segment.path, 'utf8').trimEnd().split('\n');
            expect(lines).toHaveLength(segment.records);
            for (const [index, text] of lines.entries())
              expect(text.startsWith(`line ${inputLineOf(segment, index)}.`)).toBe(true);
          }
          closed = '';
          open = '';
          return taken.open;
        };
        for (const step of steps) {
          if (step === 'mark') {
            writer.mark();
            closed += open;
            open = '';
          } else if (step === 'flush') writer.flush();
          else if (step === 'take') expectTaken();
          else if (step === 'resume') {
            const before = expectTaken();
            const others = writer.resume(before);
            expect(others).toEqual(before.slice(0, others.length));
            open = contentOf(before.slice(others.length));
          } else {
            // Lines of other streams lie between.
            line += 1 + (step % 3);
            const text = `line ${line}.${'x'.repeat(step)}`;
            const buffer = Buffer.from(`..${text}..`);
            writer.append(buffer, 2, buffer.length - 2, line);
            open += `${text}\n`;
          }
        }
        expectTaken();
      }),
      { numRuns: 60 },
    );
  });

  it('drops what it holds and leaves no file', () => {
    const writer = new SegmentWriter({ folder, prefix: 's0', segmentRecords: 2 });
    const line = Buffer.from('x'.repeat(30));
    for (let n = 1; n < 10; n += 1) writer.append(line, 0, line.length, n);
    writer.drop();
    expect(fs.readdirSync(folder)).toEqual([]);
    expect(writer.take()).toEqual({ closed: [], open: [] });
  });
});

describe('verifySegment', () => {
  it('finds a file that was cut, grew or changed', () => {
    for (const damage of [
      (text: string) => text.slice(1),
      (text: string) => `${text}x`,
      (text: string) => text.replace('a', 'b'),
    ]) {
      const writer = new SegmentWriter({
        folder: fs.mkdtempSync(path.join(folder, 'run-')),
        prefix: 's0',
        segmentRecords: 1000,
      });
      const line = Buffer.from('aaaa');
      writer.append(line, 0, 4, 1);
      const [segment] = writer.take().open as [Segment];
      verifySegment(segment);
      fs.writeFileSync(segment.path, damage(fs.readFileSync(segment.path, 'utf8')));
      expect(() => verifySegment(segment)).toThrow('staging file');
    }
  });
});
