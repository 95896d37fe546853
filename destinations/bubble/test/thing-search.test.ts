import { HttpClient } from '@cuttle/airbyte-cdk';
import { bubbleConfig } from '../src/config.js';
import { bubblePolicy } from '../src/policy.js';
import { ThingSearch } from '../src/thing-search.js';
import { NoteApp } from './note-app.js';

const log = { debug() {}, info() {}, warn() {}, error() {} };

describe('ThingSearch', () => {
  let app: NoteApp;
  let http: HttpClient;
  beforeEach(async () => {
    app = await NoteApp.start();
    const { signal } = new AbortController();
    http = new HttpClient(bubblePolicy(bubbleConfig(app.config() as never)), { signal, log, clock: Date.now });
  });
  afterEach(async () => {
    await http.close();
    await app.close();
  });
  async function idsOf(search: number): Promise<string[]> {
    const ids: string[] = [];
    const things = new ThingSearch(http, 'note', search);
    for await (const page of things.pages()) ids.push(...page.map(({ _id }) => _id));
    return ids;
  }
  const seed = (count: number, created: string, stepMs: number) =>
    app.sandbox.control.run('bubble.seed', { type: 'note', count, created, stepMs });

  it('BW-06 lists things beyond the end of a single search, each once, also of one millisecond', async () => {
    app.sandbox.control.run('bubble.settings', { maxSearchItems: 200 });
    seed(170, '2024-01-01T00:00:00Z', 1000);
    seed(90, '2024-02-01T00:00:00Z', 0);
    seed(240, '2024-03-01T00:00:00Z', 1);
    // A reader of one search gets this many.
    expect(new Set(await idsOf(50_000)).size).toBe(200);
    const ids = await idsOf(200);
    expect([ids.length, new Set(ids).size]).toEqual([500, 500]);
  });

  it('a millisecond with more things than a search gives is an error, not a gap', async () => {
    app.sandbox.control.run('bubble.settings', { maxSearchItems: 200 });
    seed(250, '2024-02-01T00:00:00Z', 0);
    await expect(idsOf(200)).rejects.toThrow('more than 200 things of one millisecond');
  });
});
