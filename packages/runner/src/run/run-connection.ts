import path from 'node:path';
import { type ConnectionPlan, type Environment, resolveConfig, SecretMask } from '@cuttle/project';
import {
  descriptorOf,
  type JsonObject,
  type KnownError,
  streamKey,
  stringifyLossless,
  toKnownError,
} from '@cuttle/protocol';
import { StreamRoutes } from '../pipe/stream-route.js';
import { ConnectorProcess } from '../process/connector-process.js';
import { type Launcher, processLauncher } from '../process/launcher.js';
import { PrivateFiles } from '../process/private-files.js';
import { stateMessages } from '../state/connection-state.js';
import { describeHolder, type LockHolder, takeLock } from '../state/run-lock.js';
import { StateStore } from '../state/state-store.js';
import { configureStreams } from './configured-streams.js';
import { discover } from './connector-commands.js';
import type { Outcome, Phase, RunError, RunEvent, RunResult, StreamResult } from './events.js';
import { configuredCatalog, openState, type PreparedStream, prepareStreams } from './generations.js';
import { MessageReport } from './message-report.js';
import { type RunLimits, runLimits } from './run-limits.js';
import { RunLog } from './run-log.js';
import { StateKeeper } from './state-keeper.js';
import { type SessionEnd, SyncSession } from './sync-session.js';
import { SyncTracker } from './sync-tracker.js';

/** How a connection is run. */
export interface RunOptions {
  /** What `$env` references read. */
  readonly environment: Environment;
  /** Folder of state, locks and logs; default `.cuttle` below the plan's root. */
  readonly folder?: string;
  readonly onEvent?: (event: RunEvent) => void;
  /** Stops the run and keeps what was acknowledged. */
  readonly signal?: AbortSignal;
  /** Ends the processes at once. */
  readonly killSignal?: AbortSignal;
  readonly limits?: Partial<RunLimits>;
  readonly launcher?: Launcher;
  /** Milliseconds since the epoch; default the system's clock. Durations never use it. */
  readonly wallClock?: () => number;
}

/**
 * Runs a connection once: lock, state, discover, read into write, state, unlock.
 *
 * Never throws for what can go wrong in a run: the result tells outcome and errors. Prints nothing.
 */
export async function runConnection(plan: ConnectionPlan, options: RunOptions): Promise<RunResult> {
  return new ConnectionRun(plan, options).run();
}

class ConnectionRun {
  private readonly plan: ConnectionPlan;
  private readonly options: RunOptions;
  private readonly folder: string;
  private readonly limits: RunLimits;
  private readonly wallClock: () => number;
  private readonly startedAt: string;
  private readonly startedMs = performance.now();
  private readonly errors: RunError[] = [];
  private log: RunLog | undefined;
  private session: SyncSession | undefined;
  private mask = new SecretMask([]);
  private logFailure: KnownError | undefined;

  constructor(plan: ConnectionPlan, options: RunOptions) {
    this.plan = plan;
    this.options = options;
    this.folder = options.folder ?? path.join(plan.root, '.cuttle');
    this.limits = runLimits(plan, options.limits);
    this.wallClock = options.wallClock ?? Date.now;
    this.startedAt = new Date(this.wallClock()).toISOString();
  }

  async run(): Promise<RunResult> {
    let lock: ReturnType<typeof takeLock>;
    try {
      this.phase('lock');
      lock = takeLock(this.folder, this.plan.name, this.plan.target, this.startedAt);
    } catch (error) {
      return this.refused(error);
    }
    if (lock.kind === 'held') return this.locked(lock.file, lock.holder);
    try {
      this.log = new RunLog(this.folder, this.plan.name, this.startedAt);
      if (lock.tookOverFrom !== undefined) {
        const { pid, startedAt } = lock.tookOverFrom;
        this.note(
          'WARN',
          `The run of process ${pid}, started ${startedAt ?? 'at an unknown time'}, did not end properly; its lock was taken over.`,
        );
      }
      return this.finished(await this.start());
    } catch (error) {
      return this.finished(this.refused(error));
    } finally {
      lock.release();
      this.log?.close();
    }
  }

  private async start(): Promise<RunResult> {
    const { plan, options } = this;
    this.phase('state');
    const store = new StateStore(this.folder, { project: plan.project, connection: plan.name, target: plan.target });
    const loaded = store.load();
    for (const warning of loaded.warnings) this.note('WARN', warning);
    const source = resolveConfig(plan.source, options.environment);
    const destination = resolveConfig(plan.destination, options.environment);
    this.mask = new SecretMask([...source.secrets, ...destination.secrets]);
    const launcher = options.launcher ?? processLauncher(process.env);
    this.phase('discover');
    const catalog = await discover(plan.source, {
      launcher,
      folder: plan.root,
      config: source.config,
      mask: this.mask,
      onLog: (level, message) => this.emit({ type: 'log', connection: plan.name, origin: 'source', level, message }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const pairs = configureStreams(plan, catalog);
    const now = this.wallClock();
    const syncId = Math.max((loaded.state?.syncId ?? 0) + 1, Math.floor(now / 1000));
    const prepared = prepareStreams(pairs, loaded.state, Math.floor(now / 1000), syncId);
    const owner = {
      project: plan.project,
      connection: plan.name,
      target: plan.target,
      syncId,
      savedAt: this.startedAt,
    };
    const initial = openState(loaded.state, prepared, owner);
    if (options.signal?.aborted === true) return this.result('cancelled', []);
    const keeper = new StateKeeper(initial, store, this.wallClock, (error) => this.session?.fail(error));
    const files = new PrivateFiles();
    try {
      return await this.sync({ launcher, files, prepared, keeper, shared: initial.shared }, [
        source.config,
        destination.config,
      ]);
    } finally {
      keeper.close();
      files.remove();
    }
  }

  private async sync(setup: SyncSetup, [sourceConfig, destinationConfig]: readonly JsonObject[]): Promise<RunResult> {
    const { plan } = this;
    const { prepared, keeper } = setup;
    const routes = new StreamRoutes(
      prepared.map(({ pair }) => ({
        source: descriptorOf(pair.stream),
        destination: pair.destination,
        ...(pair.transform === undefined ? {} : { transform: pair.transform }),
      })),
    );
    const tracker = new SyncTracker(plan.name, routes);
    const report = new MessageReport(plan.name, this.mask, tracker, (event) => this.emit(event));
    this.phase('read');
    const destination = this.launch(setup, 'destination', destinationConfig!);
    const source = this.launch(setup, 'source', sourceConfig!);
    const { limits, wallClock } = this;
    const session = new SyncSession({ source, destination, routes, tracker, keeper, report, limits, wallClock });
    this.session = session;
    if (this.logFailure !== undefined) session.fail(this.logFailure);
    const progress = setInterval(
      () => this.emit({ type: 'progress', progress: tracker.progress() }),
      limits.progressMs,
    ).unref();
    const release = this.followSignals(session);
    try {
      const end = await session.run();
      this.phase('finish');
      return this.settle(end, setup, routes, tracker, report);
    } finally {
      release();
      clearInterval(progress);
      this.session = undefined;
      this.emit({ type: 'progress', progress: tracker.progress() });
    }
  }

  private launch(setup: SyncSetup, role: 'source' | 'destination', config: JsonObject): ConnectorProcess {
    const instance = this.plan[role];
    const { files, prepared } = setup;
    const catalog = configuredCatalog(prepared, role);
    const given: { [option: string]: string } = {
      config: files.write(`${role}-config.json`, JSON.stringify(config)),
      catalog: files.write(`${role}-catalog.json`, JSON.stringify(catalog)),
    };
    const states = role === 'source' ? resumedStates(prepared, setup.shared) : undefined;
    if (states !== undefined) given['state'] = files.write('source-state.json', states);
    const command = role === 'source' ? 'read' : 'write';
    const child = setup.launcher.start({ instance, command, files: given, folder: this.plan.root });
    return new ConnectorProcess(child, `${role} "${instance.name}"`);
  }

  private followSignals(session: SyncSession): () => void {
    const { signal, killSignal } = this.options;
    const cancel = (): void => session.cancel();
    const kill = (): void => session.kill();
    signal?.addEventListener('abort', cancel);
    killSignal?.addEventListener('abort', kill);
    if (signal?.aborted === true) cancel();
    if (killSignal?.aborted === true) kill();
    return () => {
      signal?.removeEventListener('abort', cancel);
      killSignal?.removeEventListener('abort', kill);
    };
  }

  private settle(
    end: SessionEnd,
    setup: SyncSetup,
    routes: StreamRoutes,
    tracker: SyncTracker,
    report: MessageReport,
  ): RunResult {
    const isWritten = end.destinationExit.code === 0;
    const truncated = setup.prepared.filter(({ pair }) => pair.behaviour.truncates);
    const truncating = new Set(truncated.map(({ pair }) => streamKey(pair.stream)));
    const streams = routes.all.map((route): StreamResult => {
      const isRead = tracker.isRead(route) && tracker.isAcknowledged(route);
      // A destination that failed for other streams still finished those that were complete.
      const isPlaced = isWritten || (end.destinationExit.signal === null && !tracker.hasDestinationError(route));
      const isComplete = isRead && isPlaced && (end.isComplete || !truncating.has(streamKey(route.source)));
      return { ...tracker.streamProgress(route), isComplete };
    });
    const complete = new Set(routes.all.filter((_route, index) => streams[index]!.isComplete && end.isComplete));
    try {
      setup.keeper.close();
      setup.keeper.finish((record) => {
        const route = routes.find(record.stream);
        return route !== undefined && complete.has(route);
      });
    } catch (error) {
      report.failure('runner', toKnownError(error));
    }
    this.errors.push(...tracker.errors);
    const isDone =
      streams.every((stream) => stream.isComplete) && end.isComplete && isWritten && this.errors.length === 0;
    if (isDone) return this.result('succeeded', streams);
    if (this.options.signal?.aborted === true || this.options.killSignal?.aborted === true) {
      return this.result('cancelled', streams);
    }
    const known = this.errors.flatMap(({ code }) => OUTCOME_OF_CODE.get(code ?? '') ?? []);
    const some = streams.some((stream) => stream.isComplete) && streams.some((stream) => !stream.isComplete);
    return this.result(some ? 'partial' : (known[0] ?? 'failed'), streams);
  }

  private locked(file: string, holder: LockHolder | undefined): RunResult {
    const message = `Connection "${this.plan.name}" is already running: ${describeHolder(file, holder)}`;
    const error: RunError = { origin: 'runner', code: 'RUN_LOCKED', message };
    this.errors.push(error);
    this.emit({ type: 'error', connection: this.plan.name, error });
    return this.result('locked', []);
  }

  private refused(error: unknown): RunResult {
    const known = toKnownError(error);
    const { code, failureType } = known;
    const message = this.mask.apply(known.message);
    const refusal: RunError = { origin: 'runner', code, failureType, message };
    this.errors.push(refusal);
    this.emit({ type: 'error', connection: this.plan.name, error: refusal });
    if (this.options.signal?.aborted === true) return this.result('cancelled', []);
    const usual = failureType === 'config_error' ? 'invalid' : 'failed';
    return this.result(OUTCOME_OF_CODE.get(code) ?? usual, []);
  }

  private result(outcome: Outcome, streams: readonly StreamResult[]): RunResult {
    return {
      connection: this.plan.name,
      outcome,
      startedAt: this.startedAt,
      elapsedMs: Math.round(performance.now() - this.startedMs),
      streams,
      errors: this.errors,
      ...(this.log === undefined ? {} : { logFile: this.log.file }),
    };
  }

  /** Writes the result into the log; a log that cannot be written makes the run fail. */
  private finished(result: RunResult): RunResult {
    this.phase('done');
    try {
      this.log?.write(new Date(this.wallClock()).toISOString(), { type: 'result', result });
    } catch (error) {
      this.logFailure ??= toKnownError(error);
    }
    const failure = this.logFailure;
    if (failure === undefined || result.errors.some((error) => error.code === failure.code)) return result;
    const error = { origin: 'runner' as const, code: failure.code, message: failure.message };
    return { ...result, outcome: 'failed', errors: [...result.errors, error] };
  }

  private phase(phase: Phase): void {
    this.emit({ type: 'phase', connection: this.plan.name, phase });
  }

  private note(level: 'WARN', message: string): void {
    this.emit({ type: 'log', connection: this.plan.name, origin: 'runner', level, message });
  }

  /** Called from many places that cannot handle an error: a log that cannot be written ends the session instead. */
  private emit(event: RunEvent): void {
    if (this.logFailure === undefined) {
      try {
        this.log?.write(new Date(this.wallClock()).toISOString(), event);
      } catch (error) {
        this.logFailure = toKnownError(error);
        this.session?.fail(error);
      }
    }
    this.options.onEvent?.(event);
  }
}

/** Codes of our connector kit and of the warehouses that have an outcome of their own. */
const OUTCOME_OF_CODE: ReadonlyMap<string, Outcome> = new Map([
  ['CREDENTIAL_REJECTED', 'unauthorized'],
  ['LOGIN_REFUSED', 'unauthorized'],
  ['DATABASE_LOCKED', 'locked'],
]);

interface SyncSetup {
  readonly launcher: Launcher;
  readonly files: PrivateFiles;
  readonly prepared: readonly PreparedStream[];
  readonly keeper: StateKeeper;
  readonly shared: Parameters<typeof stateMessages>[1];
}

/** The text of `--state`, or undefined when nothing is resumed: the option is absent then, as on the platform. */
function resumedStates(prepared: readonly PreparedStream[], shared: SyncSetup['shared']): string | undefined {
  const resumed = prepared.flatMap(({ pair, state }) => (state === undefined ? [] : [{ stream: pair.stream, state }]));
  if (resumed.length === 0 && shared === undefined) return undefined;
  return stringifyLossless(stateMessages(resumed, shared));
}
