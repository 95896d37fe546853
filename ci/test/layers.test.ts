import { findBreaches, importsOf } from '../layers.js';

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
});
