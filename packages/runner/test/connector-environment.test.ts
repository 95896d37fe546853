import type { ConnectorInstance } from '@cuttle/project';
import { connectorEnvironment, containerVariables } from '../src/process/connector-environment.js';

const instance = (environment?: readonly string[]): ConnectorInstance =>
  ({ role: 'source', name: 'x', config: [], connector: { key: 'x', role: 'source', environment } }) as never;

const MACHINE = {
  PATH: '/bin',
  HOME: '/home/me',
  TMPDIR: '/tmp/mine',
  TZ: 'UTC',
  LANG: 'C',
  LC_ALL: 'C',
  https_proxy: 'http://proxy:1',
  NO_PROXY: 'localhost',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
};

describe('environment of a connector', () => {
  it('is the machine, proxies and authorities; no secret of this process', () => {
    const secrets = { OTHER_SECRET: 'x', AIRBYTE_CLIENT_SECRET: 'y', BUBBLE_TOKEN: 'z', NODE_OPTIONS: '--inspect' };
    expect(connectorEnvironment({ ...MACHINE, ...secrets }, instance())).toEqual(MACHINE);
  });

  it('has what the Connectors entry lists, when it is set', () => {
    const environment = { ...MACHINE, MINE: '1', OTHER: '2' };
    expect(connectorEnvironment(environment, instance(['MINE', 'UNSET']))).toEqual({ ...MACHINE, MINE: '1' });
  });

  it('of a container is the proxies, the language and the list: paths of this machine mean nothing there', () => {
    const names = containerVariables({ ...MACHINE, MINE: '1', OTHER: '2' }, instance(['MINE']));
    expect(names).toEqual(['TZ', 'LANG', 'LC_ALL', 'https_proxy', 'NO_PROXY', 'MINE']);
  });
});
