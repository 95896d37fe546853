import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '@cuttle/testing';
import { NOVEL_DEFECTS } from './novel-defects.js';
import { awkwardNovel, describeWithDbt, truthSuite } from './novel-subject.js';

describeWithDbt('the Novel stack, awkward', () => {
  const subject = awkwardNovel();

  truthSuite(subject);
  it.each(
    NOVEL_DEFECTS.map((defect) => [`${defect.id} ${defect.name}`, defect] as const),
  )('%s: ours has it not, the published SQL has it', async (_name, { check, ours, naive }) => {
    expect(await subject().stack.query(check.replaceAll('{relation}', ours))).toEqual([]);
    expect(await subject().stack.query(check.replaceAll('{relation}', naive))).not.toEqual([]);
  });
  it('R0-06 surprise_novel_by_title, and every other unit test of a defect, passed', () => {
    const file = path.join(subject().stack.root, '.cuttle/dbt/novel/target/run_results.json');
    const { results } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      results: { unique_id: string; status: string }[];
    };
    const units = results.filter(({ unique_id: id }) => /^unit_test\..*\.R0_/.test(id));
    expect(units.map(({ unique_id: id, status }) => [id.split('.').at(-1), status]).sort()).toEqual([
      ['R0_03_order_reporting_keeps_revenue', 'pass'],
      ['R0_05_spend_without_purchase_is_kept', 'pass'],
      ['R0_06_surprise_novel_by_title', 'pass'],
      ['R0_07_surprise_orders_do_not_count', 'pass'],
    ]);
  });
  it('R0-09 every_file_parses: each compiled model does, and one with a stray character does not', async () => {
    const folder = path.join(subject().stack.root, '.cuttle/dbt/novel/target/compiled/novel/models');
    const files = fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /^\w+\/\w+\.sql$/.test(name));
    expect(files.length).toBe(27);
    const parses = async (sql: string): Promise<unknown> => {
      const [[answer] = []] = await subject().stack.query(`select json_serialize_sql('${sql.replaceAll("'", "''")}')`);
      return JSON.parse(String(answer)).error;
    };
    for (const name of files) {
      const sql = fs.readFileSync(path.join(folder, name), 'utf8');
      expect([name, await parses(sql)]).toEqual([name, false]);
    }
    expect(await parses(`${fs.readFileSync(path.join(folder, files[0]!), 'utf8')} )`)).toBe(true);
  });
  it('the diagram of the star schema in the documentation is that of the manifest', () => {
    const check = (manifest: string) =>
      spawnSync(process.execPath, [path.join(ROOT, 'ci', 'star-schema.js'), manifest, '--check']).status;
    const manifest = path.join(subject().stack.root, '.cuttle/dbt/novel/target/manifest.json');
    expect(check(manifest)).toBe(0);
    const other = path.join(subject().stack.root, 'other-manifest.json');
    fs.writeFileSync(other, fs.readFileSync(manifest, 'utf8').replaceAll('novel_key', 'book_key'));
    expect(check(other)).toBe(1);
  });
  it('the dashboard shows the numbers of the warehouse', async () => {
    const { stack, sandbox } = subject();
    const file = path.join(stack.root, '.cuttle/report/novel.json');
    const { cards } = JSON.parse(fs.readFileSync(file, 'utf8')) as { cards: { id: string; rows: unknown[][] }[] };
    const total = (id: string, column: number): number =>
      cards.find((card) => card.id === id)!.rows.reduce((sum, row) => sum + Math.round(Number(row[column]) * 100), 0);
    const net = [...subject().truth.netByDayAndCountry().values()].reduce((sum, value) => sum + value, 0);
    for (const [id, column] of [
      ['net_revenue', 1],
      ['revenue_by_status', 2],
      ['revenue_by_gender', 2],
      ['revenue_by_interest', 1],
    ] as const) {
      expect([id, total(id, column)]).toEqual([id, net]);
    }
    expect(total('orders_by_country', 2)).toBe(sandbox.shop.orders.length * 100);
    const html = fs.readFileSync(path.join(stack.root, '.cuttle/report/novel.html'), 'utf8');
    expect(html.match(/<section /g)).toHaveLength(cards.length);
    expect(html).not.toContain('No rows.');
    const { code, out } = await stack.cuttle(['report', 'novel', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).actions[0].detail.dashboards[0].cards).toEqual(cards);
  });
  it('functions that differ between the warehouses stand in the shared macros only', () => {
    const folder = path.join(subject().stack.root, 'dbt/novel');
    const files = fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /^(models|snapshots|tests|macros)\/.*\.sql$/.test(name));
    expect(files.length).toBeGreaterThan(27);
    const foreign =
      /\b(json_extract\w*|unnest|from_json|strptime|try_strptime|epoch_ms|make_timestamp|isoyear|get_path|flatten|to_timestamp\w*|convert_timezone|yearofweekiso|weekiso|generator|iff|nvl|dateadd|parse_json)\s*\(/i;
    const found = files.filter((name) => foreign.test(fs.readFileSync(path.join(folder, name), 'utf8')));
    expect(found).toEqual([]);
  });
});
