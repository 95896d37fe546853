import { type AirbyteCatalog, ConfigError, type KnownError, TransientError } from '@cuttle/protocol';
import type { Connector } from '../command/connector.js';
import { type Host, processHost } from '../command/host.js';
import type { Invocation } from '../command/invocation.js';
import { runConnector, runMain } from '../command/run-connector.js';
import { HttpClient } from '../http/client.js';
import type { HttpPolicy } from '../http/policy.js';
import { HOST_UNREACHABLE } from '../http/request-error.js';
import type { SourceContext } from './context.js';
import { readStreams } from './read.js';
import type { Source } from './source.js';
import { describeStream } from './stream.js';

/** `check` answers a person who waits: fewer and shorter attempts than a read, within 60 s in all. */
const CHECK_LIMITS = { maxAttempts: 3, maxWaitMs: 15_000, attemptTimeoutMs: 10_000 };

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
    check: (invocation) => withContext(source, invocation, checkLimits, (ctx) => check(source, ctx)),
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

async function check<C>(source: Source<C>, ctx: SourceContext<C>): Promise<void> {
  try {
    await source.check(ctx);
  } catch (error) {
    // While somebody types in an address, a host that cannot be reached is a wrong address.
    if (!(error instanceof TransientError) || (error as KnownError).code !== HOST_UNREACHABLE) throw error;
    throw new ConfigError((error as Error).message, { code: HOST_UNREACHABLE });
  }
}

async function withContext<C>(
  source: Source<C>,
  invocation: Invocation,
  adapt: (policy: HttpPolicy) => HttpPolicy,
  work: (ctx: SourceContext<C>) => Promise<void>,
): Promise<void> {
  const { log, signal, clock, secrets } = invocation;
  // The runner checked it against the spec, of which C is the typed form.
  const config = invocation.config as C;
  const policy = source.http?.(config) ?? { baseUrl: 'https://invalid.invalid' };
  const http = new HttpClient(adapt(policy), { signal, log, clock, secrets, ...invocation.timer });
  try {
    await work({ config, http, log, signal, clock });
  } finally {
    await http.close();
  }
}

function unchanged(policy: HttpPolicy): HttpPolicy {
  return policy;
}

function checkLimits(policy: HttpPolicy): HttpPolicy {
  const { limits = {} } = policy;
  const lower = (name: keyof typeof CHECK_LIMITS) => Math.min(CHECK_LIMITS[name], limits[name] ?? CHECK_LIMITS[name]);
  return {
    ...policy,
    limits: {
      ...limits,
      maxAttempts: lower('maxAttempts'),
      maxWaitMs: lower('maxWaitMs'),
      attemptTimeoutMs: lower('attemptTimeoutMs'),
    },
  };
}
