/** How the Airbyte stand-in behaves; every value may be changed while it runs. */
export interface AirbyteSettings {
  /** Platform version; what an older platform lacks is missing here too. */
  version: string;
  /** Whether it is Airbyte Cloud: no custom images, no resource allocation. */
  isCloud: boolean;
  auth: 'token' | 'basic' | 'off';
  /** Which spelling the token endpoint insists on. */
  grant: 'grant_type' | 'grant-type' | 'none';
  clientId: string;
  clientSecret: string;
  /** Life of an access token in seconds of the sandbox's clock. */
  tokenSeconds: number;
  /** Whether `/api/v1` answers. */
  hasConfigApi: boolean;
  /** Whether answers mix null, [] and absent, change orders, and hold fields and values that nobody knows. */
  isAwkward: boolean;
  /** Most tags of a workspace. */
  maxTags: number;
}

/** Settings of a new stand-in. */
export function defaultAirbyteSettings(): AirbyteSettings {
  return {
    version: '2.0.1',
    isCloud: false,
    auth: 'token',
    grant: 'grant_type',
    clientId: 'cuttle-client',
    clientSecret: 'canary-client-secret-4711',
    tokenSeconds: 180,
    hasConfigApi: true,
    isAwkward: true,
    maxTags: 100,
  };
}

/** Whether the platform is at least of a version. */
export function isAtLeast(version: string, wanted: string): boolean {
  const parts = (text: string): number[] => text.split('.').map(Number);
  const [own, other] = [parts(version), parts(wanted)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (own[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
