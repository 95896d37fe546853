import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DuckdbWarehouse } from '@cuttle/warehouse';
import { DuckDBInstance } from '@duckdb/node-api';
import { buildDashboard, type CardDefinition } from '../src/index.js';

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  fs.existsSync(file),
);

/** Without a browser the test is left out aloud; `CUTTLE_REQUIRE=browser` makes its absence an error. */
function describeWithBrowser(): typeof describe {
  if (BROWSER !== undefined) return describe;
  const message = 'There is no Chromium: dashboards are not looked at in a browser.';
  if (process.env['CUTTLE_REQUIRE']?.split(',').includes('browser')) throw new Error(message);
  process.stderr.write(`${message}\n`);
  return describe.skip as typeof describe;
}

/** Frames of these widths, and a script that measures what is in them. */
function harness(html: string, widths: readonly number[]): string {
  const source = html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const frames = widths.map((width) => `<iframe width="${width}" height="3000" srcdoc="${source}"></iframe>`);
  return `<!doctype html><body>${frames.join('')}<pre id="found"></pre><script>
const measure = ({ width, contentDocument: page }) => {
  const boxes = [...page.querySelectorAll('.card')].map((card) => card.getBoundingClientRect());
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return {
    width: Number(width),
    contentWidth: page.documentElement.scrollWidth,
    overlaps: boxes.filter((a, at) => boxes.some((b, other) => other > at && meet(a, b))).length,
    overflows: [...page.querySelectorAll('.card svg, .card table, .card p')].filter((part) => {
      const card = part.closest('.card').getBoundingClientRect();
      const box = (part.closest('.scroll') ?? part).getBoundingClientRect();
      return box.width > 0 && (box.right > card.right + 1 || box.left < card.left - 1);
    }).length,
    charts: [...page.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0).length,
    value: page.querySelector('.value').textContent,
  };
};
addEventListener('load', () => {
  document.getElementById('found').textContent = JSON.stringify([...document.querySelectorAll('iframe')].map(measure));
});
</script></body>`;
}

/** The page as the browser has it after its scripts. */
function dumpDom(file: string, profile: string): Promise<string> {
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const args = [...flags, `--user-data-dir=${profile}`, '--window-size=1700,3000', '--dump-dom', `file://${file}`];
  const child = spawn(BROWSER!, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 50_000);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return new Promise((resolve) => {
    child.once('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

describeWithBrowser()('a dashboard in a browser', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-browser-'));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('nothing overflows or overlaps on narrow, middle and wide screens, and the number is the one of the query', async () => {
    const file = path.join(folder, 'w.duckdb');
    (await DuckDBInstance.create(file)).closeSync();
    const base = {
      title: 'Revenue of a shop with a long title',
      description: 'What it is.',
      height: 240,
      digits: 2,
      unit: 'EUR',
    };
    const days =
      "select date '2024-01-01' + cast(d as integer) as day, 'country ' || d % 7 as country, d as orders from range(150) as t(d)";
    const bar = {
      mark: 'bar',
      encoding: {
        x: { field: 'day', type: 'temporal', timeUnit: 'utcyearmonthdate' },
        y: { field: 'orders', type: 'quantitative' },
        color: { field: 'country', type: 'nominal' },
      },
    };
    const cards: CardDefinition[] = [
      ...[1, 2, 3, 4].map((n) => ({
        ...base,
        id: `n${n}`,
        type: 'bignumber' as const,
        width: 3,
        spec: {},
        sql: "select * from (values ('2024-01', 1200.25), ('2024-02', 1234567.5)) as t(month, value)",
      })),
      { ...base, id: 'left', type: 'vega', width: 6, spec: bar, sql: days },
      { ...base, id: 'right', type: 'vega', width: 6, spec: bar, sql: days },
      {
        ...base,
        id: 'rows',
        type: 'table',
        width: 12,
        spec: {},
        sql: "select repeat('long ', 60) as text, d as number from range(80) as t(d)",
      },
    ];
    const { html } = await DuckdbWarehouse.read(file, (open) =>
      buildDashboard({ name: 'd', title: 'D', cards }, open, 'now'),
    );
    const page = path.join(folder, 'page.html');
    fs.writeFileSync(page, harness(html, [400, 1024, 1600]));
    const found = /<pre id="found">(.*?)<\/pre>/s.exec(await dumpDom(page, path.join(folder, 'profile')))?.[1] ?? '';
    const sizes: { width: number; contentWidth: number }[] = JSON.parse(found);
    const good = { overlaps: 0, overflows: 0, charts: 6, value: '1,234,567.50 EUR' };
    expect(sizes.map(({ contentWidth: _content, ...rest }) => rest)).toEqual(
      [400, 1024, 1600].map((width) => ({ width, ...good })),
    );
    for (const { width, contentWidth } of sizes) expect(contentWidth).toBeLessThanOrEqual(width);
  }, 60_000);
});
