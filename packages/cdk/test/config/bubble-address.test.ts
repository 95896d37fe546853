import { type BubbleAddress, bubbleApiRoot } from '../../src/config/bubble-address.js';
import { Secrets } from '../../src/config/secrets.js';
import { bearer } from '../../src/http/auth.js';

const APP = 'https://a.bubbleapps.io';

describe('the root of a Bubble API', () => {
  it.each<[BubbleAddress, string]>([
    [{ app_url: APP, environment: 'live' }, `${APP}/api/1.1`],
    [{ app_url: `${APP}/`, environment: 'version-test' }, `${APP}/version-test/api/1.1`],
    [{ app_url: 'https://shop.example/api/1.1/', environment: 'live' }, 'https://shop.example/api/1.1'],
    [{ app_url: `${APP}/api/1.1/obj`, environment: 'live' }, `${APP}/api/1.1`],
    [{ app_url: `${APP}/api/1.1/obj/user?limit=1`, environment: 'version-test' }, `${APP}/version-test/api/1.1`],
    [{ app_url: `${APP}/api`, environment: 'live' }, `${APP}/api/1.1`],
    [{ app_url: `${APP}/version-test`, environment: 'version-test' }, `${APP}/version-test/api/1.1`],
    [{ app_url: `${APP}/version-test/api/1.1/obj/`, environment: 'version-test' }, `${APP}/version-test/api/1.1`],
    [{ app_url: `${APP}/version-live`, environment: 'live' }, `${APP}/api/1.1`],
    [{ app_url: `${APP}/version-7x/api/1.1`, environment: '7x' }, `${APP}/version-7x/api/1.1`],
    [{ app_url: `${APP}/branch7`, environment: 'branch7' }, `${APP}/branch7/api/1.1`],
    [{ app_url: 'https://api/api/1.1', environment: 'live' }, 'https://api/api/1.1'],
    [{ app_url: 'https://x', base_url: 'https://p/root/', environment: 'branch7' }, 'https://p/root'],
  ])('%j is %s', (config, root) => expect(bubbleApiRoot(config)).toBe(root));

  it.each([
    ['version-test', 'live'],
    ['version-live', 'version-test'],
    ['version-test', 'branch7'],
  ])('an address of %s is refused when the environment is %s', (named, environment) => {
    expect(() => bubbleApiRoot({ app_url: `${APP}/${named}/api/1.1/obj`, environment })).toThrow(
      expect.objectContaining({
        code: 'ENVIRONMENT_MISMATCH',
        message: expect.stringContaining(`Set environment to "${named === 'version-live' ? 'live' : named}"`),
      }),
    );
  });

  it('without an address says which field is missing', () => {
    expect(() => bubbleApiRoot({ environment: 'live' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_MISSING_FIELD' }),
    );
  });
});

describe('a token that was pasted', () => {
  it.each(['sesame-4711', ' sesame-4711\n', 'Bearer sesame-4711', 'bearer  sesame-4711 '])('%j', async (token) => {
    expect(await bearer(token).headers()).toEqual({ authorization: 'Bearer sesame-4711' });
    const secrets = new Secrets();
    secrets.add(token);
    // What is sent, and what the other side may repeat, is hidden too.
    expect(secrets.mask('no key "sesame-4711"')).toBe('no key "****"');
  });
});
