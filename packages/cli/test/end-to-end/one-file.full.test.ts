import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { sideTables } from '@cuttle/testing';
import { Stack } from './stack.js';

const NAMES = ['one', 'two', 'three', 'four'];
const THINGS = 1200;

describe('four connections that load one file at once', () => {
  let sandbox: Sandbox;
  let stack: Stack;

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2 });
    for (const name of NAMES) {
      const fields = [{ id: 'title_text', display: 'Title', type: 'text' }];
      sandbox.control.run('bubble.define', { definition: { name, display: name, fields } });
      sandbox.control.run('bubble.seed', {
        type: name,
        count: THINGS,
        created: '2024-05-01T00:00:00.000Z',
        stepMs: 700,
      });
    }
    stack = new Stack(sandbox);
    const connections = NAMES.map((name) => ({
      kind: 'Connection',
      name,
      source: 'bubble',
      destination: 'warehouse',
      streams: { [name]: { sync: 'incremental append' } },
    }));
    const pipeline = { kind: 'Pipeline', name: 'all', steps: [{ sync: NAMES }] };
    // Many small commits, so that the four meet at the file again and again.
    stack.write([...connections, pipeline], { destination: { commit_interval_ms: 20 } });
  });
  afterAll(async () => {
    stack.remove();
    await sandbox.close();
  });

  it('D-CR-09 all end well, each with its rows, and nothing is left beside the file', async () => {
    await stack.succeed(['run', 'all', '--parallel', '4']);
    for (const name of NAMES) expect([name, (await stack.rows(name)).length]).toEqual([name, THINGS]);
    const tables = await stack.query("select schema_name || '.' || table_name from duckdb_tables()");
    expect(sideTables(tables.map(([name]) => String(name)))).toEqual([]);
    const { readdirSync } = await import('node:fs');
    expect(
      readdirSync(stack.root)
        .filter((name) => name.startsWith('warehouse'))
        .sort(),
    ).toEqual(['warehouse.duckdb']);
  }, 60_000);
});
