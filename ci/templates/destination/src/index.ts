import { join } from 'node:path';
import {
  checkLimits,
  type Destination,
  HttpClient,
  type HttpPolicy,
  type Invocation,
  readSpec,
} from '@cuttle/airbyte-cdk';
import { acmePolicy, keepGeneration, upsertRows } from './api.js';
import { acmeConfig } from './config.js';
import { Write } from './write.js';

/** A table of the check; it is empty behind it. */
const PROBE_TABLE = '_cuttle_check';

/** Writes streams into tables of Acme. */
export class AcmeDestination implements Destination {
  readonly spec = readSpec(join(__dirname, '..', 'resources', 'spec.json'));

  /** Writes a row and removes it again. */
  async check(invocation: Invocation): Promise<void> {
    await withHttp(invocation, checkLimits, async (http) => {
      await upsertRows(http, PROBE_TABLE, 1, [{ id: 'probe', data: {} }]);
      await keepGeneration(http, PROBE_TABLE, 2);
    });
  }

  async write(invocation: Invocation): Promise<void> {
    const { commit_interval_ms: commitMs } = acmeConfig(invocation.config);
    const unchanged = (policy: HttpPolicy) => policy;
    await withHttp(invocation, unchanged, (http) => new Write(invocation, http, commitMs).run());
  }
}

async function withHttp(
  invocation: Invocation,
  adapt: (policy: HttpPolicy) => HttpPolicy,
  work: (http: HttpClient) => Promise<void>,
): Promise<void> {
  const { signal, log, clock, secrets, awaited } = invocation;
  const policy = adapt(acmePolicy(acmeConfig(invocation.config)));
  const http = new HttpClient(policy, { signal, log, clock, secrets, awaited });
  try {
    await work(http);
  } finally {
    await http.close();
  }
}
