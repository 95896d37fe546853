import type { AirbyteCatalog } from '@cuttle/protocol';
import type { Connector } from '../command/connector.js';
import { type Host, processHost } from '../command/host.js';
import type { Invocation } from '../command/invocation.js';
import { runConnector, runMain } from '../command/run-connector.js';
import { checkLimits } from '../http/check-limits.js';
import { HttpClient } from '../http/client.js';
import type { HttpPolicy } from '../http/policy.js';
import type { SourceContext } from './context.js';
import { readStreams } from './read.js';
import type { Source } from './source.js';
import { describeStream } from './stream.js';

/** Runs a source as this process. */
export function runSource<C>(source: Source<C>): Promise<void> {
  return runMain(sourceConnector(source));
}

/** Runs a source inside a test or another program and gives its exit code. */
export function runSourceIn<C>(source: Source<C>, host: Partial<Host>): Promise<number> {
  return runConnector(sourceConnector(source), { ...processHost(), ...host });
}

/** A source as the command runner sees it. */
export function sourceConnector<C>(source: Source<C>): Connector {
  return {
    spec: source.spec,
    check: (invocation) => withContext(source, invocation, checkLimits, async (ctx) => void (await source.check(ctx))),
    commands: {
      discover: {
        options: ['config'],
        run: (invocation) =>
          withContext(source, invocation, unchanged, async (ctx) => {
            const streams = (await source.streams(ctx)).map(describeStream);
            const catalog: AirbyteCatalog = { streams };
            await invocation.writer.write({ type: 'CATALOG', catalog });
          }),
      },
      read: {
        options: ['config', 'catalog', 'state?'],
        run: (invocation) => withContext(source, invocation, unchanged, (ctx) => readStreams(source, ctx, invocation)),
      },
    },
  };
}

async function withContext<C>(
  source: Source<C>,
  invocation: Invocation,
  adapt: (policy: HttpPolicy) => HttpPolicy,
  work: (ctx: SourceContext<C>) => Promise<void>,
): Promise<void> {
  const { log, signal, clock, secrets, awaited } = invocation;
  // The runner checked it against the spec, of which C is the typed form.
  const config = invocation.config as C;
  const policy = source.http?.(config) ?? { baseUrl: 'https://invalid.invalid' };
  const http = new HttpClient(adapt(policy), { signal, log, clock, secrets, awaited, ...invocation.timer });
  try {
    await work({ config, http, log, signal, clock });
  } finally {
    await http.close();
  }
}

function unchanged(policy: HttpPolicy): HttpPolicy {
  return policy;
}
