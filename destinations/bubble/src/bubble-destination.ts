import { join } from 'node:path';
import { type Destination, HttpClient, type HttpPolicy, type Invocation, readSpec } from '@cuttle/airbyte-cdk';
import { checkConfig } from './check.js';
import { bubbleConfig } from './config.js';
import { bubblePolicy, CHECK_LIMITS } from './policy.js';
import { Write } from './write.js';

/** Writes streams into the types of a Bubble app. */
export class BubbleDestination implements Destination {
  readonly spec = readSpec(join(__dirname, '..', 'resources', 'spec.json'));

  async check(invocation: Invocation): Promise<void> {
    const config = bubbleConfig(invocation.config);
    await withHttp(bubblePolicy(config, CHECK_LIMITS), invocation, (http) => checkConfig(config, http));
  }

  async write(invocation: Invocation): Promise<void> {
    const config = bubbleConfig(invocation.config);
    await withHttp(bubblePolicy(config), invocation, (http) => new Write(config, invocation, http).run());
  }
}

async function withHttp(
  policy: HttpPolicy,
  invocation: Invocation,
  work: (http: HttpClient) => Promise<void>,
): Promise<void> {
  const { signal, log, clock, secrets, awaited } = invocation;
  const http = new HttpClient(policy, { signal, log, clock, secrets, awaited });
  try {
    await work(http);
  } finally {
    await http.close();
  }
}
