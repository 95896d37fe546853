import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readDashboard } from '../src/index.js';

describe('readDashboard', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-dashboard-'));
  const file = path.join(folder, 'sales.yaml');
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  const read = (text: string) => {
    fs.writeFileSync(file, text);
    return readDashboard(file);
  };
  const HEAD = 'kind: Dashboard\nname: sales\ntitle: Sales\ncards:\n';

  it('puts the model into the query and fills in the defaults', () => {
    const text = `${HEAD}  - { id: a, title: A, type: table, model: marts.orders, sql: "select * from {model}" }\n`;
    expect(read(text).cards).toEqual([
      {
        id: 'a',
        title: 'A',
        type: 'table',
        width: 6,
        height: 240,
        sql: 'select * from marts.orders',
        spec: {},
        digits: 0,
        unit: '',
      },
    ]);
  });

  it('names every mistake with its place', () => {
    expect(() => read(`${HEAD}  - { id: a, title: A, type: tabel, sql: x }\n  - { id: b, titel: B }\n`)).toThrow(
      /sales\.yaml:5:\d+ .*type.*table(.|\n)*sales\.yaml:6:\d+ .*titel/,
    );
    const twice = `${HEAD}  - { id: a, title: A, type: table, sql: x }\n  - { id: a, title: B, type: table, sql: y }\n`;
    expect(() => read(twice)).toThrow(/sales\.yaml:6:\d+ There is already a card "a"/);
    expect(() => read('')).toThrow(/holds no dashboard/);
    expect(() => readDashboard(path.join(folder, 'none.yaml'))).toThrow(/cannot be read/);
  });
});
