import type { System } from './answer-request.js';
import { parseTime, SandboxClock } from './clock.js';
import { Control } from './control.js';
import { FaultBoard } from './faults.js';
import { listen } from './listen.js';
import { RequestLog } from './request-log.js';
import { Scripts } from './scripts.js';

/** A stand-in that is served alone, with the control that the sandbox has too. */
export interface ServedStandIn {
  /** `http://127.0.0.1:<port>`; the system's paths lie below `/<name>`. */
  readonly url: string;
  readonly control: Control;
  /** Stops the server and drops open connections. */
  close(): Promise<void>;
}

/** A control with a clock, faults, scripts and a log of requests of its own. @param now ISO text or milliseconds */
export function makeControl(now: string | number): Control {
  const clock = new SandboxClock(parseTime(now));
  return new Control({ clock, faults: new FaultBoard(), scripts: new Scripts(), log: new RequestLog() });
}

/**
 * Serves one remote system on the loopback address, for a connector that keeps its stand-in beside its tests.
 *
 * @param name first segment of every path
 */
export async function serveStandIn(name: string, system: System): Promise<ServedStandIn> {
  const control = makeControl(0);
  const { url, close } = await listen(0, new Map([[name, system]]), control);
  return { url, control, close };
}
