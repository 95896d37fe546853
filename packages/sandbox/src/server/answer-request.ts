import type { Control } from './control.js';
import { type Answer, jsonAnswer, type Request } from './exchange.js';
import { disturbedAnswer, type FaultKind, faultAnswer, strikesBefore } from './faults.js';
import { systemOf } from './match.js';

/** A stand-in of one remote system. */
export interface System {
  /** Answers a request whose path begins with this system's name. */
  handle(request: Request): Answer | Promise<Answer>;
  /** Makes every access token given out so far invalid. */
  expireTokens(): void;
}

/** What is to be sent, and the fault that disturbs the sending. */
export interface Answered {
  readonly answer: Answer;
  readonly fault: FaultKind | undefined;
}

/** Answers a request: scripts that are due, the fault that strikes, the system's work, the log. */
export async function answerRequest(
  request: Request,
  systems: ReadonlyMap<string, System>,
  control: Control,
): Promise<Answered> {
  control.scripts.advance(request);
  const fault = control.faults.take(request);
  if (fault?.kind === 'expire_tokens') for (const system of systems.values()) system.expireTokens();
  const replaced = fault === undefined ? undefined : faultAnswer(fault, Date.now());
  const isUnseen = fault !== undefined && strikesBefore(fault);
  const own = isUnseen ? jsonAnswer(500, {}) : await answerOf(request, systems);
  const answer = replaced ?? disturbedAnswer(fault, own);
  const isSilent = fault?.kind === 'reset' || fault?.kind === 'hang';
  control.log.add(request, isSilent ? 0 : answer.status, isSilent ? 0 : Buffer.byteLength(answer.body));
  return { answer, fault };
}

async function answerOf(request: Request, systems: ReadonlyMap<string, System>): Promise<Answer> {
  const system = systems.get(systemOf(request.path));
  if (system === undefined) return jsonAnswer(404, { error: `The sandbox serves ${[...systems.keys()].join(', ')}` });
  try {
    return await system.handle(request);
  } catch (error) {
    // A defect of the stand-in must be seen in the test, not retried away.
    return jsonAnswer(418, { error: `Defect of the sandbox: ${error instanceof Error ? error.stack : String(error)}` });
  }
}
