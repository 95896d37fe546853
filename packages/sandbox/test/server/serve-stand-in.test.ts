import { jsonAnswer, type ServedStandIn, serveStandIn } from '../../src/index.js';

let standIn: ServedStandIn;
beforeEach(async () => {
  const handle = ({ path }: { readonly path: string }) => jsonAnswer(200, { path });
  standIn = await serveStandIn('shop', { handle, expireTokens: () => undefined });
});
afterEach(() => standIn.close());

describe('serveStandIn', () => {
  it('serves one system below its name, with faults, scripts and a log', async () => {
    const get = (path: string) => fetch(standIn.url + path);
    const seen: string[] = [];
    standIn.control.scripts.before(2, { path: '/shop' }, () => seen.push('second'));
    standIn.control.faults.add({ fault: { kind: 'status', status: 503 }, after: 1 });
    expect(await (await get('/shop/orders')).json()).toEqual({ path: '/shop/orders' });
    expect((await get('/shop/orders')).status).toBe(503);
    expect((await get('/elsewhere')).status).toBe(404);
    expect([seen, standIn.control.run('requests.count', { path: '/shop' })]).toEqual([['second'], 2]);
  });
});
