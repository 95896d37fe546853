import { planConnector, resolveConfig } from '../src/index.js';
import { SOUND, testStack } from './stack.js';

function resolve(config: string, environment: { readonly [name: string]: string }): unknown {
  const actors = SOUND['actors.yaml'].replace('url: https://example.org', config);
  const stack = testStack({ ...SOUND, 'actors.yaml': actors });
  try {
    const { project, diagnostics } = stack.load();
    expect(diagnostics).toEqual([]);
    const resolved = resolveConfig(planConnector(project, 'shop', 'local'), { SHOP_TOKEN: 'abcd', ...environment });
    return resolved.config;
  } finally {
    stack.remove();
  }
}

describe('references', () => {
  it('turns texts into the wanted type', () => {
    expect(
      resolve('{ $env: U }'.replace(/^/, 'url: ') + '\n  pages: { $env: N, as: integer }', { U: 'u', N: '42' }),
    ).toEqual({
      url: 'u',
      pages: 42,
      token: 'abcd',
    });
    expect(resolve('url: { $env: U }\n  accounts: { $env: J, as: json }', { U: 'u', J: '["a"]' })).toMatchObject({
      accounts: ['a'],
    });
  });

  it('takes the default when a variable is missing or empty', () => {
    const config = 'url: u\n  pages: { $env: N, as: integer, default: 7 }';
    expect(resolve(config, {})).toMatchObject({ pages: 7 });
    expect(resolve(config, { N: '' })).toMatchObject({ pages: 7 });
  });

  it.each([
    ['integer', '9007199254740993'],
    ['integer', '1.5'],
    ['number', 'NaN'],
    ['boolean', 'yes'],
    ['json', '{'],
  ])('refuses a text that is no %s, without showing it', (as, text) => {
    const config = `url: u\n  pages: { $env: N, as: ${as} }`;
    expect(() => resolve(config, { N: text })).toThrow(new RegExp(`pages: .*N is not of type ${as}`));
  });

  it('X-06 keeps __proto__ in a JSON value as data', () => {
    const config = 'url: u\n  pages: { $env: J, as: json }';
    const resolved = resolve(config, { J: '{"__proto__": {"polluted": 1}}' }) as { pages: object };
    expect(Object.keys(resolved.pages)).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
