import type { Host } from './host.js';

/** Time between the first signal and the forced end, in ms; the platform and the conformance suite allow 10 s. */
const GRACE_MS = 8_000;

/** Why a run was asked to stop. */
type StopReason = 'SIGTERM' | 'SIGINT' | 'crash' | 'stall' | 'output';

const SIGNAL_CODES = { SIGTERM: 143, SIGINT: 130 } as const;

/** What a run knows about its own end. */
export interface Shutdown {
  /** Aborts when the run has to stop; its reason is a {@link StopReason}. */
  readonly signal: AbortSignal;
  /** Asks the run to stop; later calls change nothing. */
  stop(reason: StopReason): void;
  /** Exit code that the reason for stopping demands; undefined while nothing asked for a stop. */
  exitCode(): number | undefined;
  /** Takes the listeners off again. */
  dispose(): void;
}

/** Who hears of an end that is not the command's own. */
export interface ShutdownListener {
  /** Called once with the first error that nobody caught. */
  onCrash(error: unknown): void;
  /** Called once when nothing is left that could still settle what the command waits for. */
  onStall(): void;
}

/**
 * Listens for signals, for errors that nobody caught, and for an event loop that ran dry. The first signal aborts
 * `signal` at once and ends the process after 8 s at the latest, the second ends it at once.
 */
export function installShutdown(host: Host, listener: ShutdownListener): Shutdown {
  const controller = new AbortController();
  let reason: StopReason | undefined;
  let timer: NodeJS.Timeout | undefined;
  const exitCode = () => {
    if (reason === undefined) return undefined;
    return reason === 'SIGTERM' || reason === 'SIGINT' ? SIGNAL_CODES[reason] : 1;
  };
  const stop = (why: StopReason) => {
    reason ??= why;
    if (!controller.signal.aborted) controller.abort(why);
  };
  let signals = 0;
  const onSignal = (name: 'SIGTERM' | 'SIGINT') => () => {
    signals += 1;
    stop(name);
    if (signals > 1) host.exit(SIGNAL_CODES[name]);
    timer ??= setTimeout(() => host.exit(exitCode() ?? 1), GRACE_MS).unref();
  };
  let isEnding = false;
  const endBy = (why: StopReason, tell: () => void) => {
    if (isEnding) return;
    isEnding = true;
    stop(why);
    tell();
  };
  const crash = (error: unknown) => endBy('crash', () => listener.onCrash(error));
  const listeners = {
    SIGTERM: onSignal('SIGTERM'),
    SIGINT: onSignal('SIGINT'),
    uncaughtException: crash,
    unhandledRejection: crash,
    // Node emits it when no handle and no timer is left: a promise that is still pending stays so.
    beforeExit: () => endBy('stall', () => listener.onStall()),
  };
  for (const [event, listener] of Object.entries(listeners)) host.events.on(event, listener);
  return {
    signal: controller.signal,
    stop,
    exitCode,
    dispose() {
      clearTimeout(timer);
      for (const [event, listener] of Object.entries(listeners)) host.events.off(event, listener);
    },
  };
}
