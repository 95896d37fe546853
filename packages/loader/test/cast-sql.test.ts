import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { AirbyteType } from '../src/airbyte-type.js';
import { castSelect } from '../src/cast-select.js';
import { Engine } from '../src/engine.js';

/** What a value becomes and whether that is noted, written down for each type without any SQL. */
type Model = (value: unknown) => readonly [output: unknown, change: 'NULLED' | 'TRUNCATED' | undefined];

const NULLED = [null, 'NULLED'] as const;

const MODELS: Partial<Record<AirbyteType, Model>> = {
  integer: (value) => {
    const text = typeof value === 'object' || typeof value === 'boolean' ? 'x' : String(value);
    const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d{1,3}))?$/.exec(text);
    if (match === null) return NULLED;
    const [, sign, whole = '', fraction = '', exponent = '0'] = match;
    // By dividing and multiplying whole numbers, where the code shifts digits.
    const power = Number(exponent) - fraction.length;
    const digits = BigInt(whole + fraction);
    const scale = 10n ** BigInt(Math.abs(power));
    if (power < 0 && digits % scale !== 0n) return NULLED;
    const whole38 = (power < 0 ? digits / scale : digits * scale) * (sign === '-' ? -1n : 1n);
    return String(whole38).replace('-', '').length > 38 ? NULLED : [String(whole38), undefined];
  },
  number: (value) => {
    if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return [value, undefined];
    const text = typeof value === 'object' || typeof value === 'boolean' ? 'x' : String(value);
    const isNumber = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text);
    const hasVanished = Number(text) === 0 && /[1-9]/.test(text.split(/e/i)[0]!);
    return isNumber && Number.isFinite(Number(text)) && !hasVanished ? [Number(text), undefined] : NULLED;
  },
  boolean: (value) => {
    const text = typeof value === 'boolean' || typeof value === 'string' ? String(value).toLowerCase() : '';
    return text === 'true' || text === 'false' ? [text === 'true', undefined] : NULLED;
  },
  string: (value) => [typeof value === 'string' ? value : JSON.stringify(value), undefined],
  object: (value) => (isObject(value) ? [JSON.stringify(value), undefined] : NULLED),
  array: (value) => (Array.isArray(value) ? [JSON.stringify(value), undefined] : NULLED),
  unknown: (value) => [JSON.parse(JSON.stringify(value)), undefined],
};

const scalars = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed()),
  fc.constantFrom(
    '5',
    ' 5',
    '5.0',
    '-7',
    '1e5',
    '1e21',
    '-1E37',
    '1e38',
    '12.50e1',
    '12.5e0',
    '1500e-2',
    '0.000e-3',
    '1.2345678901234567890123e22',
    '0x1F',
    '1_000',
    'NaN',
    '.5',
    '+1',
    '5.',
    '-',
    '1-2',
    '1E-400',
    '1e400',
    '0e-400',
    'Infinity',
    '-Infinity',
    'true',
    'False',
    'TRUE',
    '',
    '007',
    '9'.repeat(38),
    '9'.repeat(39),
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter(isPlainDouble),
);
const containers = fc.oneof(
  fc.array(fc.integer(), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.string({ unit: 'grapheme-ascii' }), {
    noNullPrototype: false,
  }),
);
const values = fc.oneof({ weight: 4, arbitrary: scalars }, containers);

describe('castSelect', () => {
  let folder: string;
  let engine: Engine;
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-cast-'));
    engine = await Engine.open({ folder });
  });
  afterAll(() => {
    engine.close();
    fs.rmSync(folder, { recursive: true });
  });

  async function cast(type: AirbyteType, inputs: readonly unknown[]): Promise<readonly (readonly unknown[])[]> {
    const file = path.join(folder, 'segment.ndjson');
    const lines = inputs.map((v) => JSON.stringify({ record: { emitted_at: 1, data: { v } } }));
    fs.writeFileSync(file, `${lines.join('\n')}\n`);
    const plan = {
      table: { schema: 's', name: 't' },
      columns: [{ property: 'v', name: 'v', type }],
      key: [],
      cursor: undefined,
      tombstone: undefined,
    };
    const segment = {
      path: file,
      bytes: 0,
      records: inputs.length,
      checksum: 0,
      carries: false,
      longestLine: 0,
      lines: [],
    };
    const select = castSelect({
      plan,
      segments: [segment],
      records: inputs.length,
      generationId: 7,
      syncId: 3,
      ordered: false,
      batchTable: { schema: 's', name: 'b' },
    });
    const column = type === 'integer' || type === 'number' ? 'v' : type === 'boolean' ? 'v' : 'to_json(v)::varchar';
    return engine.query(`select ${column}, _airbyte_meta::varchar, _airbyte_generation_id from (${select})`);
  }

  it.each(Object.keys(MODELS) as AirbyteType[])('%s agrees with a model without SQL for any value', async (type) => {
    await fc.assert(
      fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 60 }), async (inputs) => {
        const rows = await cast(type, inputs);
        expect(rows).toHaveLength(inputs.length);
        for (const [index, input] of inputs.entries()) {
          const [output, change] = (MODELS[type] as Model)(input);
          const [found, meta] = rows[index] as [unknown, string];
          const changes =
            change === undefined ? [] : [{ field: 'v', change, reason: 'DESTINATION_SERIALIZATION_ERROR' }];
          expect({ input, found: comparable(type, found), meta: JSON.parse(meta) }).toEqual({
            input,
            found: output,
            meta: { sync_id: 3, changes },
          });
        }
      }),
      { numRuns: 12 },
    );
  });
});

/** Doubles that every library writes alike: no exponent, no negative zero. */
function isPlainDouble(value: number): boolean {
  const size = Math.abs(value);
  return Object.is(value, 0) || (size > 0.001 && size < 1e15);
}

/** Query results as the models give them: integers as text, JSON columns as JSON text. */
function comparable(type: AirbyteType, found: unknown): unknown {
  if (found === null) return null;
  if (type === 'integer') return String(found);
  if (type === 'unknown') return typeof found === 'string' ? JSON.parse(found) : found;
  if (type === 'string') return JSON.parse(String(found));
  if (type === 'number') return typeof found === 'string' && /^-?\d/.test(found) ? Number(found) : found;
  return found;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
