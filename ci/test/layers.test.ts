import path from 'node:path';
import { ROOT } from '@cuttle/testing';
import { findBreaches, importsOf, isPure } from '../layers.js';

describe('import rules', () => {
  it('hold in every package', () => {
    expect(findBreaches()).toEqual([]);
  });

  it('see every form of an import', () => {
    const text = `import a from 'one';\nimport { b } from "two";\nexport { c } from 'three';\nconst d = await import('four');\nconst e = require('five');\nimport type { F } from 'six';\n// import g from 'seven';\nimport 'eight';`;
    expect(importsOf(text).map(({ specifier }: { specifier: string }) => specifier)).toEqual([
      'one',
      'two',
      'three',
      'four',
      'five',
      'six',
      'eight',
    ]);
  });

  it.each([
    ['node:fs', 'packages/protocol', 'src/decode.ts', false],
    ['node:fs/promises', 'packages/protocol', 'src/decode.ts', false],
    ['node:https', 'packages/protocol', 'src/write-durably.ts.ts', false],
    ['node:fs', 'packages/protocol', 'src/write-durably.ts', true],
    ['node:crypto', 'packages/protocol', 'src/decode.ts', true],
    ['node:fs', 'packages/cdk', 'src/index.ts', true],
  ])('%s in %s/%s: allowed %s, since protocol does no I/O but for one file', (specifier, folder, file, isAllowed) => {
    expect(isPure(specifier, folder, path.join(ROOT, folder, file))).toBe(isAllowed);
  });
});
