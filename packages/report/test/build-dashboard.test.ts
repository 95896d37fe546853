import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DuckdbWarehouse } from '@cuttle/warehouse';
import { DuckDBInstance } from '@duckdb/node-api';
import { buildDashboard, type CardDefinition } from '../src/index.js';
import { csv } from '../src/text.js';

const BAR = { mark: 'bar', encoding: { x: { field: 'a', type: 'ordinal' }, y: { field: 'b', type: 'quantitative' } } };

describe('buildDashboard', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-report-'));
  const file = path.join(folder, 'w.duckdb');
  beforeAll(async () => {
    const instance = await DuckDBInstance.create(file);
    instance.closeSync();
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  const card = (more: Partial<CardDefinition>): CardDefinition => ({
    id: 'card',
    title: 'A card',
    type: 'table',
    width: 6,
    height: 200,
    sql: 'select 1 as a',
    spec: {},
    digits: 0,
    unit: '',
    ...more,
  });
  const build = (...cards: readonly CardDefinition[]) =>
    DuckdbWarehouse.read(file, (warehouse) =>
      buildDashboard({ name: 'd', title: 'Sales & more', cards }, warehouse, '2024-09-01T00:00:00Z'),
    );

  it('draws a chart as SVG for wide and narrow pages, the same bytes each time', async () => {
    const chart = card({ type: 'vega', sql: "select * from (values ('x', 1), ('y', 2)) as t(a, b)", spec: BAR });
    const { html, cards } = await build(chart);
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html).toContain('<title>Sales &amp; more</title>');
    expect(cards[0]).toMatchObject({
      id: 'card',
      rows: [
        ['x', 1],
        ['y', 2],
      ],
    });
    expect((await build(chart)).html).toBe(html);
  });

  it('needs nothing but itself: no script, no address', async () => {
    const { html } = await build(card({ type: 'vega', spec: BAR, sql: "select 'x' as a, 1 as b" }), card({ id: 'b' }));
    expect(html).not.toMatch(/<script|<link|@import|src=|url\(/i);
    const addresses = [...html.matchAll(/\b(?:href|xmlns(?::\w+)?)="([^"]*)"/g)].map((match) => match[1]!);
    expect(addresses.filter((address) => !/^(data:text\/csv|http:\/\/www\.w3\.org\/)/.test(address))).toEqual([]);
  });

  it('shows data as text, never as markup, in tables, charts and titles', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const sql = `select '${evil}' as a, 1 as b`;
    const { html } = await build(card({ sql, title: evil }), card({ id: 'c', type: 'vega', spec: BAR, sql }));
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('shows a big number with unit, change and trend', async () => {
    const sql = "select * from (values ('2024-07', 1000.5), ('2024-08', 1250.625)) as t(month, value)";
    const { html } = await build(card({ type: 'bignumber', sql, digits: 2, unit: 'EUR' }));
    expect(html).toContain('<p class="value">1,250.63 <span class="unit">EUR</span></p>');
    expect(html).toContain('▲ 25.0 % <span class="period">2024-08</span>');
    expect(html.match(/<svg /g)).toHaveLength(1);
  });

  it('points neither up nor down when a big number stays as it was', async () => {
    for (const [value, change] of [
      [1000, '= 0.0 %'],
      [1000.2, '= 0.0 %'],
      [999, '▼ 0.1 %'],
    ]) {
      const sql = `select * from (values ('2024-07', 1000), ('2024-08', ${value})) as t(month, value)`;
      const { html } = await build(card({ type: 'bignumber', sql }));
      expect(html).toContain(`<p class="change">${change}`);
    }
  });

  it('says so when a card has no rows, and counts rows that only the CSV has', async () => {
    expect((await build(card({ sql: 'select 1 as a where false' }))).html).toContain('No rows.');
    expect((await build(card({ sql: 'select * from range(250) as t(a)' }))).html).toContain(
      '50 more rows are in the CSV.',
    );
  });

  it('gives CSV that a spreadsheet takes for text, with quotes and line breaks kept', async () => {
    const sql = "select '=1+1' as formula, 'a\"b,c' as quoted, -5 as number, null as nothing";
    const { html } = await build(card({ sql }));
    const data = /base64,([^"]+)"/.exec(html)?.[1] ?? '';
    expect(Buffer.from(data, 'base64').toString()).toBe(`formula,quoted,number,nothing\r\n'=1+1,"a""b,c",-5,\r\n`);
  });

  it.each([
    '=1',
    '\n=1',
    ' =1',
    '\u00a0+1',
    '\u200b@a',
    '\ufeff-a',
    '\t',
    '\r',
    '\uff1d1',
    '\uff0b1',
    '\uff0d1',
    '\uff20a',
  ])('puts a quote before what a spreadsheet may take for a formula: %j', (value) => {
    const text = csv({ columns: [{ name: 'a', kind: 'text' }], rows: [[value]] });
    expect(text.replace(/^a\r\n"?/, '')).toMatch(/^'/);
  });

  it.each([
    '',
    ' ',
    'a=1',
    '-5',
    '-0.5',
    'a - b',
  ])('leaves a cell alone that no spreadsheet calculates: %j', (value) => {
    const text = csv({ columns: [{ name: 'a', kind: 'text' }], rows: [[value]] });
    expect(text).toBe(`a\r\n${value}\r\n`);
  });

  it('leaves out an address that a chart names', async () => {
    const spec = { mark: 'image', encoding: { url: { value: 'http://127.0.0.1:9/x.png' } } };
    const { html } = await build(card({ type: 'vega', spec, sql: 'select 1 as a' }));
    expect(html).toContain('<image xlink:href=""');
    expect(html).not.toContain('127.0.0.1');
  });

  it.each([
    ['encoding', { ...BAR, encoding: { ...BAR.encoding, href: { field: 'a' } } }],
    ['mark', { ...BAR, mark: { type: 'bar', href: 'javascript:alert(1)' } }],
  ])('draws a chart with a link in its %s without the link', async (_where, spec) => {
    const sql = "select 'https://example.org/1' as a, 1 as b";
    const { html, failures } = await build(card({ type: 'vega', spec, sql }));
    expect(failures).toEqual([]);
    const [svg] = /<svg .*?<\/svg>/s.exec(html)!;
    expect(svg).toContain('<path aria-label');
    expect(svg).not.toMatch(/<a\b|href|javascript/);
  });

  it('names the card whose query fails or that cannot be drawn, and draws the others', async () => {
    const broken = { ...BAR, transform: [{ calculate: 'nope(', as: 'c' }] };
    const { html, cards, failures } = await build(
      card({ id: 'one', sql: 'select nope' }),
      card({ id: 'two', type: 'vega', spec: broken }),
      card({ id: 'three', sql: 'select 42 as a' }),
    );
    const reasons = [/^Card "one": the query failed\. .*nope/, /^Card "two" cannot be drawn\. /];
    expect(failures).toEqual(reasons.map((reason) => expect.stringMatching(reason)));
    expect(cards.map(({ id }) => id)).toEqual(['three']);
    expect(html).toContain('<p class="none">Card &quot;two&quot; cannot be drawn.');
    expect(html).toContain('<td class="number">42</td>');
  });
});
