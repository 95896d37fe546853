import { join } from 'node:path';
import { type AnyStream, type HttpPolicy, readSpec, Source, type SourceContext } from '@cuttle/airbyte-cdk';
import { acmePolicy, LISTS, probeList } from './api.js';
import type { AcmeConfig } from './config.js';
import { CustomerStream } from './streams/customers.js';
import { OrderStream } from './streams/orders.js';

/** The Airbyte source for Acme. */
export class AcmeSource extends Source<AcmeConfig> {
  readonly spec = readSpec(join(__dirname, '..', 'resources', 'spec.json'));

  override http(config: AcmeConfig): HttpPolicy {
    return acmePolicy(config);
  }

  /** Reads one row of every list; there is no request that only tells whose token it is. */
  override async check({ http }: SourceContext<AcmeConfig>): Promise<void> {
    // One after another: the first that is refused is told.
    for (const path of LISTS) await probeList(http, path);
  }

  override streams(): readonly AnyStream<AcmeConfig>[] {
    return [new CustomerStream(), new OrderStream()];
  }
}
