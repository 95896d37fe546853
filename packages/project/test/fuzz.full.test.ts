import { type Edit, edited, fuzzParameters, fuzzTimeoutMs } from '@cuttle/testing';
import fc from 'fast-check';
import { formatDocuments } from '../src/index.js';
import { parseYamlBytes } from '../src/yaml-file.js';
import { SOUND, testStack } from './stack.js';

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 5 });
const TOKENS = [
  ...[
    '\n',
    '  ',
    '\t',
    ': ',
    '- ',
    '---\n',
    '...\n',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|\n',
    '>-\n',
    '#',
    '&a ',
    '*a',
    '!x ',
  ],
  ...[
    '<<: *a',
    '? ',
    '~',
    'null',
    '0x1F',
    '012',
    '.inf',
    '9007199254740993',
    '__proto__: ',
    'kind: Source\n',
    '\u0000',
  ],
  ...['\ufeff', '\u2028', '😀', '\r\n', '"*": ', '{ $env: X }', '{ $file: x }', '%YAML 1.1\n', '!!binary ', '1: '],
  '['.repeat(500),
];

describe('fuzz targets of the documents', () => {
  it(
    'YAML: every text is read, or refused with a place in it; its canonical form means the same',
    () => {
      fc.assert(
        fc.property(fc.constantFrom(...Object.values(SOUND)), edits, (text, changes) => {
          const bytes = Buffer.from(edited(text, changes, TOKENS));
          const { documents, diagnostics } = parseYamlBytes(bytes, 'a.yaml');
          const lines = bytes.toString('utf8').split(/\r\n|\n|\r/).length;
          for (const { line, column, message } of diagnostics) {
            expect([line >= 1 && line <= lines + 1, column >= 1, message !== '']).toEqual([true, true, true]);
          }
          const formatted = formatDocuments(bytes.toString('utf8'));
          if (diagnostics.length > 0) return;
          const again = parseYamlBytes(Buffer.from(formatted), 'a.yaml');
          expect(again.documents.map(({ value }) => value)).toEqual(documents.map(({ value }) => value));
          expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
        }),
        fuzzParameters(1500),
      );
    },
    fuzzTimeoutMs(),
  );

  it(
    'YAML: a stack with a hostile document gives findings, not a crash',
    () => {
      const stack = testStack(SOUND);
      try {
        fc.assert(
          fc.property(fc.constantFrom(...Object.values(SOUND)), edits, (text, changes) => {
            stack.write('odd.yaml', edited(text, changes, TOKENS));
            for (const finding of stack.findings()) expect(finding).toMatch(/^\S+:\d+:\d+ [A-Z_]+ /);
          }),
          fuzzParameters(60),
        );
      } finally {
        stack.remove();
      }
    },
    fuzzTimeoutMs(),
  );
});
