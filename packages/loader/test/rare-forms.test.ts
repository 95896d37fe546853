import fc from 'fast-check';
import { RARE_FORMS, wholeDigits } from '../src/rare-forms.js';

const pad = (value: number, length = 2): string => String(value).padStart(length, '0');

/** Every way to write one instant without a doubt, with the instant in ms. */
const written = fc
  .record({
    at: fc.integer({ min: Date.parse('0001-01-02T00:00:00Z'), max: Date.parse('9999-12-30T00:00:00Z') }),
    offset: fc.integer({ min: -23 * 60, max: 23 * 60 }),
    joint: fc.constantFrom('T', 't', ' '),
    gap: fc.constantFrom('', ' '),
    form: fc.constantFrom('Z', 'UTC', '+hh:mm', '+hhmm', 'none'),
  })
  .map(({ at, offset, joint, gap, form }) => {
    const hasOffset = form.startsWith('+');
    const local = new Date(at + (hasOffset ? offset * 60_000 : 0)).toISOString();
    const size = Math.abs(offset);
    const digits = `${pad(Math.floor(size / 60))}${form === '+hh:mm' ? ':' : ''}${pad(size % 60)}`;
    const zone = hasOffset ? `${gap}${offset < 0 ? '-' : '+'}${digits}` : form === 'none' ? '' : gap + form;
    return { text: `${local.slice(0, 10)}${joint}${local.slice(11, 23)}${zone}`, at, local };
  })
  .filter(({ local }) => /^\d{4}-/.test(local));

describe('rare forms', () => {
  it('D-TYP-05 a timestamp is the instant that Date.parse finds, however it is written', () => {
    fc.assert(
      fc.property(written, ({ text, at }) => {
        const usual = RARE_FORMS.timestamp_with_timezone(text);
        expect([text, usual]).toEqual([
          text,
          expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}[-+]\d\d:\d\d$/),
        ]);
        expect([text, Date.parse(`${usual?.slice(0, 10)}T${usual?.slice(11, 23)}${usual?.slice(29)}`)]).toEqual([
          text,
          at,
        ]);
      }),
    );
  });

  it.each([
    ['2021-04-20T00:00', '2021-04-20 00:00:00.000000000+00:00'],
    ['2024-05-06', '2024-05-06 00:00:00.000000000+00:00'],
    ['2024-05-06 07:08:09 +02', '2024-05-06 07:08:09.000000000+02:00'],
    ['2024-02-29', '2024-02-29 00:00:00.000000000+00:00'],
  ])('D-TYP-05 reads the timestamp %s', (text, usual) => expect(RARE_FORMS.timestamp_with_timezone(text)).toBe(usual));

  it.each([
    '2023-02-29',
    '1900-02-29',
    '0000-01-01',
    '2024-13-01',
    '2024-05-06Z',
    '2024-05-06T7:08',
    '2024-05-06T07:08.5',
    '2024-05-06T07:08:09+24:00',
    '2024-05-06T07:08:09 Europe/Paris',
    '2024-05-06T07:08:09\n',
    '04/05/2024',
    '1704103200',
    'now',
    'infinity',
    '',
  ])('D-TYP-05 takes %j for no timestamp', (text) => expect(RARE_FORMS.timestamp_with_timezone(text)).toBeUndefined());

  it.each([
    ['2021-04-20T00:00:00Z', '2021-04-20'],
    ['2021-04-20 00:00:00.000', '2021-04-20'],
    ['2021-04-20T00:00:01Z', undefined],
    ['2021-04-20T00:00:00+02:00', undefined],
  ])('D-TYP-05 reads the date %s as %s', (text, usual) => expect(RARE_FORMS.date(text)).toBe(usual));

  it('D-TYP-02 a whole number in exponent form keeps all its digits', () => {
    const digits = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
    fc.assert(
      fc.property(digits, fc.nat(30), (value, point) => {
        const sign = value < 0n ? '-' : '';
        const text = String(value < 0n ? -value : value).padStart(point + 1, '0');
        const at = text.length - point;
        const fraction = text.slice(at);
        const form = `${sign}${text.slice(0, at)}${fraction === '' ? '' : `.${fraction}`}e${point}`;
        expect([form, wholeDigits(form)]).toEqual([form, String(value)]);
      }),
    );
  });

  it.each([
    '1.5',
    '1e-1',
    '15e-2',
    '1e38',
    '9e999',
    '1e99999',
    '',
    '-',
    '1e',
    '+5',
    ' 5',
    '0x1F',
    '1_000',
    'NaN',
  ])('D-TYP-02 takes %j for no integer', (text) => expect(wholeDigits(text)).toBeUndefined());
});
