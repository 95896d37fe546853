import { ConfigError, type JsonSchema } from '@cuttle/protocol';
import fc from 'fast-check';
import { applyDefaults, resolveSchema } from '../../src/config/resolve-schema.js';
import { validateConfig } from '../../src/config/validate-config.js';

const schema: JsonSchema = {
  type: 'object',
  required: ['token', 'auth'],
  properties: {
    token: { type: 'string', minLength: 8 },
    pages: { type: 'integer', default: 0 },
    deep: { type: 'boolean', default: false },
    name: { type: 'string', default: '' },
    since: { type: 'string', format: 'date-time' },
    auth: {
      type: 'object',
      oneOf: [
        { properties: { kind: { const: 'key' }, header: { type: 'string', default: 'x-key' } }, required: ['kind'] },
        { properties: { kind: { const: 'user' }, realm: { type: 'string', default: 'main' } }, required: ['kind'] },
      ],
    },
  },
};

describe('config check', () => {
  it('fills in defaults, also false, 0 and empty text, and those of the chosen variant only', async () => {
    const config = await validateConfig(schema, { token: 'secret-1', auth: { kind: 'user' }, extra: 1 });
    expect(config).toEqual({
      token: 'secret-1',
      pages: 0,
      deep: false,
      name: '',
      auth: { kind: 'user', realm: 'main' },
      extra: 1,
    });
  });

  it('an enum of one selects a variant, as a const does', async () => {
    const selected = (kind: string, own: object) => ({
      properties: { kind: { enum: [kind] }, ...own },
      required: ['kind'],
    });
    const auth = {
      type: 'object',
      oneOf: [
        selected('key', { header: { type: 'string', default: 'x-key' }, only: { enum: ['a'] } }),
        selected('user', { realm: { type: 'string', default: 'main' } }),
      ],
    };
    const spec = { type: 'object', properties: { auth } };
    expect(await validateConfig(spec, { auth: { kind: 'key' } })).toEqual({ auth: { kind: 'key', header: 'x-key' } });
    expect(await validateConfig(spec, { auth: { kind: 'user' } })).toEqual({ auth: { kind: 'user', realm: 'main' } });
    await expect(validateConfig(spec, { auth: { kind: 'other' } })).rejects.toThrow(/auth/);
  });

  it('keeps what is given, also null and falsy values', () => {
    const value = { pages: null, deep: false, name: 'x' };
    expect(applyDefaults(resolveSchema(schema, value), value)).toEqual(value);
  });

  it('names every fault with its pointer and shows no value', async () => {
    const config = { token: 'short', pages: 'canary-value', since: 'canary-date', auth: { kind: 'key', header: 7 } };
    const failure = validateConfig(schema, config);
    await expect(failure).rejects.toBeInstanceOf(ConfigError);
    await expect(failure).rejects.toThrow(/\/token .*\/pages .*\/since .*\/auth\/header/);
    await expect(failure).rejects.not.toThrow(/canary|short"/);
  });

  it('reports a variant that does not exist, a missing field, and a config that is no object', async () => {
    await expect(validateConfig(schema, { token: 'secret-1', auth: { kind: 'no' } })).rejects.toThrow(/\/auth/);
    await expect(validateConfig(schema, { token: 'secret-1' })).rejects.toThrow('/auth is required');
    await expect(validateConfig(schema, [])).rejects.toThrow(/must be a JSON object/);
  });

  it('never changes a given value and is idempotent (property)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const input = { token: 'secret-1', auth: value } as never;
        const once = applyDefaults(resolveSchema(schema, input), input) as { auth: unknown };
        if (typeof value !== 'object' || value === null) expect(once.auth).toEqual(value);
        else expect(once.auth).toMatchObject(value);
        expect(applyDefaults(resolveSchema(schema, once), once as never)).toEqual(once);
      }),
    );
  });

  it('X-06 a key named __proto__ stays data', () => {
    const input = JSON.parse('{"token":"secret-1","__proto__":{"polluted":1}}');
    const filled = applyDefaults(resolveSchema(schema, input), input);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(JSON.stringify(filled)).toContain('"__proto__":{"polluted":1}');
  });
});
