import { createRequire } from 'node:module';
import path from 'node:path';
import { SystemError } from '@cuttle/protocol';
import { FarosLogger } from './faros-logger.js';
import type { FarosOwnSource, FarosSource } from './faros-source.js';

/** What is touched of an installed faros-airbyte-cdk. */
interface FarosKit {
  readonly AirbyteLogger: { readonly prototype: object };
  readonly AirbyteSourceLogger: { readonly prototype: object };
  readonly AirbyteSourceRunner: {
    readonly prototype: { mainCommand(this: { readonly source: FarosSource | FarosOwnSource }): unknown };
  };
}

/** Listeners that its runner puts on the process: the second of them ends it with output queued. */
const CRASH_EVENTS = ['unhandledRejection', 'uncaughtException'] as const;

/**
 * The source that a package starts by its `mainCommand()`. Its own copy of faros-airbyte-cdk is made to hand over the
 * source, and to write everything it logs to `logger`.
 *
 * @param module as in `require`, seen from the working directory
 * @throws {SystemError} `FAROS_MODULE` when the module starts no source
 */
export function sourceOfModule(module: string, logger: FarosLogger): FarosSource | FarosOwnSource {
  const file = createRequire(path.resolve('index.js')).resolve(module);
  const load = createRequire(file);
  const { AirbyteLogger, AirbyteSourceLogger, AirbyteSourceRunner } = load('faros-airbyte-cdk') as FarosKit;
  redirect(AirbyteLogger.prototype, logger);
  redirect(AirbyteSourceLogger.prototype, logger);
  let source: FarosSource | FarosOwnSource | undefined;
  const { prototype } = AirbyteSourceRunner;
  const { mainCommand } = prototype;
  prototype.mainCommand = function (this: { readonly source: FarosSource | FarosOwnSource }) {
    source = this.source;
    return mainCommand.call(this);
  };
  const { mainCommand: start } = load(file) as { readonly mainCommand?: () => unknown };
  if (typeof start !== 'function') throw noSource(module, 'it exports no mainCommand()');
  withoutListeners(start);
  if (source === undefined) throw noSource(module, 'its mainCommand() starts no AirbyteSourceRunner');
  return source;
}

/** Sends what is said by any logger of the class to ours. */
function redirect(prototype: object, logger: FarosLogger): void {
  const names = Object.getOwnPropertyNames(FarosLogger.prototype).filter((name) => name !== 'constructor');
  for (const name of names as (keyof FarosLogger)[]) {
    const method = logger[name];
    if (typeof method !== 'function') continue;
    Object.defineProperty(prototype, name, { value: method.bind(logger), writable: true, configurable: true });
  }
}

/** Calls something, and takes off the listeners that it put on the process. */
function withoutListeners(call: () => unknown): void {
  const events: NodeJS.EventEmitter = process;
  const before = CRASH_EVENTS.map((event) => [event, new Set(events.listeners(event))] as const);
  call();
  for (const [event, known] of before) {
    const added = events.listeners(event).filter((listener) => !known.has(listener));
    for (const listener of added) events.off(event, listener as () => void);
  }
}

function noSource(module: string, reason: string): SystemError {
  const message = `"${module}" cannot be run: ${reason}. Start its source class by runFarosSource.`;
  return new SystemError(message, { code: 'FAROS_MODULE' });
}
