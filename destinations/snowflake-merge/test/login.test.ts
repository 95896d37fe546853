import { generateKeyPairSync } from 'node:crypto';
import { Awaited } from '@cuttle/airbyte-cdk';
import type { SnowflakeConfig } from '../src/config.js';
import { SnowflakeClient } from '../src/snowflake-client.js';

const { privateKey: encrypted } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' },
});
const GARBAGE = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----';

describe('a private key that cannot be read', () => {
  for (const [what, key] of Object.entries({
    'wrong private_key_password': { private_key: encrypted, private_key_password: 'wrong' },
    'no private_key_password': { private_key: encrypted },
    'text that is no key': { private_key: GARBAGE },
  })) {
    it(`${what}: a config error that names the field, before anything is sent`, async () => {
      const config = { account: 'a', host: 'http://127.0.0.1:1', username: 'u', ...key } as unknown as SnowflakeConfig;
      const log = { debug: () => undefined } as never;
      const client = new SnowflakeClient({ config, log, awaited: new Awaited(), retrySeconds: 1 });
      await expect(client.run('select 1')).rejects.toMatchObject({
        code: 'KEY_INVALID',
        failureType: 'config_error',
        message: expect.stringMatching(/private_key/),
      });
    });
  }
});
