import { openSession } from '../src/index.js';
import { Bench } from './bench.js';

describe('what a plan covers', () => {
  let bench: Bench;
  afterEach(() => {
    expect(bench.problems).toEqual([]);
    bench.remove();
  });

  const novel = async (options: ConstructorParameters<typeof Bench>[0] = {}): Promise<void> => {
    bench = new Bench(options);
    bench.setVariables(await bench.importAll());
  };

  it('a selector takes what it names and what that needs', async () => {
    await novel();
    bench.edit('connections.yaml', 'prefix: meta_', 'prefix: m_');
    bench.edit('connections.yaml', 'prefix: bubble_', 'prefix: b_');
    const { plan } = await bench.plan({ selector: 'facebook' });
    expect(plan.items.map(({ key }) => key)).toEqual(['connection/facebook-ads to snowflake']);
  });

  it('an answer that is no API names the url', async () => {
    await novel();
    const session = (fetcher: typeof fetch): Promise<unknown> =>
      openSession(bench.project(), { environment: bench.environment, fetch: fetcher, clock: bench.clock });
    const html = async (): Promise<Response> =>
      new Response('<html></html>', { headers: { 'content-type': 'text/html' } });
    await expect(session(html)).rejects.toThrow(/an HTML page.*Is the url the address of the server/);
  });

  it('connections with `select: all` take what was discovered and what comes later', async () => {
    await novel();
    bench.edit(
      'connections.yaml',
      'prefix: bubble_\nstreams:\n  "*": { sync: full refresh overwrite }\n',
      'prefix: bubble_\nselect: all\nstreams:\n  "*": { sync: full refresh overwrite }\n',
    );
    expect((await bench.plan()).plan.items).toEqual([]);
    bench.edit('connectors.yaml', 'source-bubble:0.3.0', 'source-bubble:0.3.1');
    expect((await bench.apply()).done.map(({ key }) => key)).toEqual([
      'connector/source/bubble',
      'connection/bubble to snowflake',
    ]);
    expect(bench.connection('bubble to snowflake').streams.map(({ name }) => name)).toContain('review');
    expect((await bench.plan()).plan.items).toEqual([]);
  });
});
