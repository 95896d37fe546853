import { changesOf, record, state, streamOf } from './fixture.js';
import type { DestinationProfile, DumpedRow } from './profile.js';
import { openSuite } from './suite.js';
import { type Case, expectCases, loadValues } from './value-cases.js';

const timestampTz = { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
const timestampNtz = { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_without_timezone' };
const timeTz = { type: ['null', 'string'], format: 'time', airbyte_type: 'time_with_timezone' };
const timeNtz = { type: ['null', 'string'], format: 'time', airbyte_type: 'time_without_timezone' };
const date = { type: ['null', 'string'], format: 'date' };

/** D-TYP-02 to 05: integers, numbers, booleans, dates and times with their extremes. */
export function scalarSuite(profile: DestinationProfile): void {
  const suite = openSuite(profile);
  const { check } = suite;

  check('D-TYP-02', 'integers to 38 digits are exact; one beyond is null and noted', async () => {
    const nines = '9'.repeat(38);
    const exact = [
      '0',
      '1',
      '-1',
      '42',
      '-42',
      '2147483647',
      '2147483648',
      '-2147483649',
      '9007199254740993',
      '9223372036854775807',
      '9223372036854775808',
      '-9223372036854775809',
      nines,
      `-${nines}`,
    ];
    await expectCases(suite, 'integer', [
      ...exact.map((input): Case => ({ input, output: input })),
      { input: `1${'0'.repeat(38)}`, output: null, change: 'NULLED' },
      { input: `-1${'0'.repeat(38)}`, output: null, change: 'NULLED' },
      { input: '1.5', output: null, change: 'NULLED' },
      { input: '5.0', output: '5' },
      { input: '1e21', output: '1000000000000000000000' },
      { input: '-1E37', output: `-1${'0'.repeat(37)}` },
      { input: '1.2345678901234567890123e22', output: '12345678901234567890123' },
      { input: '"1.2345678901234567890123e22"', output: '12345678901234567890123' },
      { input: '1500e-2', output: '15' },
      { input: '9007199254740993.0', output: '9007199254740993' },
      { input: '1.5e0', output: null, change: 'NULLED' },
      { input: '1e38', output: null, change: 'NULLED' },
      { input: '1e400', output: null, change: 'NULLED' },
      { input: '"007"', output: '7' },
      { input: '"17"', output: '17' },
      { input: '" 5 "', output: null, change: 'NULLED' },
      { input: '"0x1F"', output: null, change: 'NULLED' },
      { input: '"1_000"', output: null, change: 'NULLED' },
      { input: 'true', output: null, change: 'NULLED' },
      { input: '[1]', output: null, change: 'NULLED' },
    ]);
  });

  check(
    'D-TYP-03',
    'numbers: double range, digits lost in a double noted as TRUNCATED, kept elsewhere; overflow null',
    async () => {
      await expectCases(suite, 'number', [
        { input: '123.4', output: 123.4 },
        { input: '1234567890.1234567890123456789', output: 1234567890.1234567, change: 'TRUNCATED' },
        { input: '50000.0000000000000001', output: 50000, change: 'TRUNCATED' },
        { input: '0.1234567890123456', output: 0.1234567890123456 },
        { input: '3.4028235e38', output: 3.4028235e38 },
        { input: '1.17549435e-38', output: 1.17549435e-38 },
        { input: '1.7976931348623157e308', output: 1.7976931348623157e308 },
        { input: '5e-324', output: 5e-324 },
        { input: '1e39', output: 1e39 },
        { input: '1e400', output: null, change: 'NULLED' },
        { input: '-1e400', output: null, change: 'NULLED' },
        { input: '1E-400', output: 0, change: 'TRUNCATED' },
        { input: '"1E-400"', output: null, change: 'NULLED' },
        { input: '0e-400', output: 0 },
        { input: '7', output: 7 },
      ]);
      suite.renew();
      await expectCases(suite, 'string', [
        { input: '50000.0000000000000001', output: '50000.0000000000000001' },
        { input: '-1E-400', output: '-1E-400' },
        { input: '1.5', output: '1.5' },
      ]);
      suite.renew();
      // More digits than a double keeps are no digits of a whole number.
      await expectCases(suite, 'integer', [
        { input: '12345678901234567890.0', output: '12345678901234567890' },
        { input: '50000.0000000000000001', output: null, change: 'NULLED' },
      ]);
      suite.renew();
      const [row] = await loadValues(suite, 'object', ['{"deep":[50000.0000000000000001]}']);
      expect(changesOf(row as DumpedRow)).toEqual([]);
    },
  );

  check('D-TYP-04', 'coercions of numbers and booleans', async () => {
    await expectCases(suite, 'number', [
      { input: '"1.5"', output: 1.5 },
      { input: '"-2e3"', output: -2000 },
      { input: '"abc"', output: null, change: 'NULLED' },
      { input: 'true', output: null, change: 'NULLED' },
      { input: '""', output: null, change: 'NULLED' },
    ]);
    suite.renew();
    await expectCases(suite, 'boolean', [
      { input: 'true', output: true },
      { input: 'false', output: false },
      { input: '"true"', output: true },
      { input: '"False"', output: false },
      { input: '0', output: null, change: 'NULLED' },
      { input: '1', output: null, change: 'NULLED' },
      { input: '"yes"', output: null, change: 'NULLED' },
    ]);
  });

  check('D-TYP-05', 'timestamps with zone', async () => {
    await expectCases(suite, timestampTz, [
      { input: '"2024-01-01T10:00:00Z"', output: '2024-01-01T10:00:00.000000Z' },
      { input: '"2024-01-01 10:00:00+02:00"', output: '2024-01-01T08:00:00.000000Z' },
      { input: '"2024-01-01T10:00:00-0730"', output: '2024-01-01T17:30:00.000000Z' },
      { input: '"2024-01-01T10:00:00+05"', output: '2024-01-01T05:00:00.000000Z' },
      { input: '"2024-01-01T10:00:00.123Z"', output: '2024-01-01T10:00:00.123000Z' },
      { input: '"2024-01-01T10:00:00.123456Z"', output: '2024-01-01T10:00:00.123456Z' },
      {
        input: '"2024-01-01T10:00:00.123456789Z"',
        output: '2024-01-01T10:00:00.123456Z',
        ...(profile.fractionDigits === 9 ? {} : { change: 'TRUNCATED' }),
      },
      { input: '"2024-01-01T10:00:00.123456000Z"', output: '2024-01-01T10:00:00.123456Z' },
      { input: '"2024-01-01T10:00:00"', output: '2024-01-01T10:00:00.000000Z' },
      { input: '"0001-01-01T00:00:00Z"', output: '0001-01-01T00:00:00.000000Z' },
      { input: '"9999-12-31T23:59:59Z"', output: '9999-12-31T23:59:59.000000Z' },
      { input: '"2021-04-20T00:00"', output: '2021-04-20T00:00:00.000000Z' },
      { input: '"2024-05-06"', output: '2024-05-06T00:00:00.000000Z' },
      { input: '"2024-05-06T07:08:09 UTC"', output: '2024-05-06T07:08:09.000000Z' },
      { input: '"2024-05-06 07:08:09 +02"', output: '2024-05-06T05:08:09.000000Z' },
      { input: '"2024-05-06 07:08-0330"', output: '2024-05-06T10:38:00.000000Z' },
      { input: '"2024-05-06t07:08:09.5z"', output: '2024-05-06T07:08:09.500000Z' },
      { input: '"2024-05-06T07:08:09+99:99"', output: null, change: 'NULLED' },
      { input: '"2024-05-06T24:00:00Z"', output: null, change: 'NULLED' },
      { input: '"2023-02-30"', output: null, change: 'NULLED' },
      { input: '"04/05/2024"', output: null, change: 'NULLED' },
      { input: '"20240506"', output: null, change: 'NULLED' },
      { input: '"10000-01-01T00:00:00Z"', output: null, change: 'NULLED' },
      { input: '"2023-02-30T00:00:00Z"', output: null, change: 'NULLED' },
      { input: '"2016-12-31T23:59:60Z"', output: null, change: 'NULLED' },
      { input: '1704103200', output: null, change: 'NULLED' },
      { input: '"yesterday"', output: null, change: 'NULLED' },
    ]);
  });

  check('D-TYP-05', 'timestamps without zone, dates and times', async () => {
    const stream = streamOf('moments', { n: 'integer', ts: timestampNtz, d: date, t: timeNtz, tz: timeTz });
    const values = [
      { ts: '2024-01-01 10:00:00.5', d: '0001-01-01', t: '23:59:59.999999', tz: '10:00:00.123456789+02:00' },
      { ts: '2024-01-01T10:00:00+02:00', d: '9999-12-31', t: '00:00:00', tz: '10:00:00-0800' },
      { ts: '2023-02-30T00:00:00', d: '2023-02-30', t: '24:00:00', tz: '10:00:00' },
      { ts: 'x', d: '2024-01-05T00:00:01Z', t: '10:60', tz: '25:00:00Z' },
      { ts: '2024-05-06 07:08 +02', d: '2024-01-05T00:00:00Z', t: '04:26', tz: '04:26Z' },
      { ts: '2024-05-06', d: '2021-04-20T00:00', t: '04:26:07.5', tz: '04:26 UTC' },
    ];
    await suite.warehouse.load(
      [stream],
      [...values.map((value, n) => record(stream, { n, ...value })), state(stream, { n: 1 })],
    );
    const rows = await suite.warehouse.data('moments');
    expect(rows).toEqual([
      {
        n: '0',
        ts: '2024-01-01T10:00:00.500000',
        d: '0001-01-01',
        t: '23:59:59.999999',
        tz: '10:00:00.123456789+02:00',
      },
      { n: '1', ts: '2024-01-01T08:00:00.000000', d: '9999-12-31', t: '00:00:00', tz: '10:00:00-0800' },
      { n: '2', ts: null, d: null, t: null, tz: null },
      { n: '3', ts: null, d: null, t: null, tz: null },
      { n: '4', ts: '2024-05-06T05:08:00.000000', d: '2024-01-05', t: '04:26:00', tz: '04:26:00+00:00' },
      { n: '5', ts: '2024-05-06T00:00:00.000000', d: '2021-04-20', t: '04:26:07.5', tz: '04:26:00+00:00' },
    ]);
  });
}
