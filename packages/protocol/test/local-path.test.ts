import { localPath } from '../src/index.js';

const HOME = '/home/ada';

describe('the path that a setting for a local file means', () => {
  it.each([
    ['shop.duckdb', 'shop.duckdb'],
    ['/data/a b.duckdb', '/data/a b.duckdb'],
    ['~/shop.duckdb', '/home/ada/shop.duckdb'],
    ['~shop.duckdb', '~shop.duckdb'],
    ['./md:shop', './md:shop'],
    ['C:\\data\\shop.duckdb', 'C:\\data\\shop.duckdb'],
    ['file:///data/a%20b.duckdb', '/data/a b.duckdb'],
    ['file://localhost/data/shop.duckdb', '/data/shop.duckdb'],
    ['FILE:/data/shop.duckdb', '/data/shop.duckdb'],
  ])('%s is %s', (text, meant) => {
    expect(localPath(text, 'destination_path', HOME)).toBe(meant);
  });

  it.each([
    ['md:shop?motherduck_token=sesame', /"md:", which means a database of MotherDuck/],
    ['MotherDuck:shop', /"motherduck:", which means a database of MotherDuck/],
    [':memory:', /means a database in memory/],
    [':memory:shop', /means a database in memory/],
    ['s3://bucket/shop.duckdb', /"s3:", which means an address/],
    ['duckdb:///data/shop.duckdb', /"duckdb:", which means an address/],
    ['file://host/shop.duckdb', /no file address with a whole path/],
    ['file://~/shop.duckdb', /no file address with a whole path/],
    ['file:///a%2Fb', /no file address with a whole path/],
    ['file:shop.duckdb', /no file address with a whole path/],
    ['~grace/shop.duckdb', /another user's home folder/],
  ])('%s is refused, without what follows the scheme', (text, reason) => {
    const act = (): string => localPath(text, 'destination_path', HOME);
    expect(act).toThrow(expect.objectContaining({ code: 'PATH_NOT_LOCAL', message: expect.stringMatching(reason) }));
    expect(act).not.toThrow(/sesame/);
  });
});
