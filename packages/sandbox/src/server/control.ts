import type { SandboxClock } from './clock.js';
import { type Answer, jsonAnswer, jsonBody, type Request } from './exchange.js';
import type { Fault, FaultBoard } from './faults.js';
import type { RequestMatch } from './match.js';
import type { RequestLog } from './request-log.js';
import type { Scripts } from './scripts.js';

/** Parameters of an action, from JSON. */
export type ActionParams = Readonly<Record<string, unknown>>;

/** A named thing that the control can do; what it returns must be JSON. Throws an Error for wrong parameters. */
export type Action = (params: ActionParams) => unknown;

/** The parts that every control has. */
export interface ControlParts {
  readonly clock: SandboxClock;
  readonly faults: FaultBoard;
  readonly scripts: Scripts;
  readonly log: RequestLog;
}

/**
 * The control surface: named actions with JSON parameters, the same in process (`run`) and over HTTP
 * (`POST /__control/<action>` with the parameters as body; the answer is `{"result": ...}` or 400 `{"error": text}`).
 */
export class Control {
  readonly clock: SandboxClock;
  readonly faults: FaultBoard;
  readonly scripts: Scripts;
  readonly log: RequestLog;
  readonly #actions = new Map<string, Action>();

  constructor(parts: ControlParts) {
    this.clock = parts.clock;
    this.faults = parts.faults;
    this.scripts = parts.scripts;
    this.log = parts.log;
    this.register(this.#ownActions());
  }

  /** Adds actions by name. */
  register(actions: Readonly<Record<string, Action>>): void {
    for (const [name, action] of Object.entries(actions)) this.#actions.set(name, action);
  }

  /** Names of all actions, sorted. */
  names(): string[] {
    return [...this.#actions.keys()].sort();
  }

  /**
   * Performs an action.
   *
   * @throws {Error} when there is no such action or its parameters are wrong
   */
  run(name: string, params: ActionParams = {}): unknown {
    const action = this.#actions.get(name);
    if (action === undefined) throw new Error(`No action "${name}". There are: ${this.names().join(', ')}`);
    return action(params);
  }

  /** Performs the action of a request below `/__control/`. */
  async handle(request: Request): Promise<Answer> {
    const name = decodeURIComponent(request.path.slice('/__control/'.length));
    const params = jsonBody(request);
    if (params === undefined) return jsonAnswer(400, { error: 'The body must be a JSON object.' });
    try {
      return jsonAnswer(200, { result: (await this.run(name, params)) ?? null });
    } catch (error) {
      return jsonAnswer(400, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  #ownActions(): Record<string, Action> {
    return {
      'clock.get': () => new Date(this.clock.now()).toISOString(),
      'clock.set': ({ time }) => this.clock.set(time as string | number),
      'clock.advance': ({ ms }) => this.clock.advance(Number(ms)),
      'faults.add': (fault) => this.faults.add(fault as unknown as Fault),
      'faults.clear': ({ id }) => this.faults.clear(id as number | undefined),
      'faults.struck': ({ id }) => this.faults.struck(id as number),
      'requests.list': (match) => this.log.find(match as RequestMatch),
      'requests.count': (match) => this.log.find(match as RequestMatch).length,
      'requests.clear': () => this.log.clear(),
      /** `{nth, match, action, params}`: performs another action before the nth matching request from now on. */
      before: ({ nth, match, action, params }) => {
        if (!this.#actions.has(String(action))) throw new Error(`No action "${String(action)}".`);
        this.scripts.before(Number(nth), (match ?? {}) as RequestMatch, () => {
          this.run(String(action), (params ?? {}) as ActionParams);
        });
      },
      'scripts.clear': () => this.scripts.clear(),
      actions: () => this.names(),
    };
  }
}
