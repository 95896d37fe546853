import type { Logger } from '@cuttle/airbyte-cdk';
import { ConfigError, isKnownError, type KnownError, type MetaChange, SystemError } from '@cuttle/protocol';
import { FIELD_REFUSED, NO_PERMISSION, namesOne, refusedNames, shorten } from './error-table.js';

/** What a {@link FieldSet} works with. */
export interface FieldSetOptions {
  readonly log: Logger;
  readonly stream: string;
  /** Digits. */
  readonly account: string;
  /** Fields to ask for, the required ones among them. */
  readonly wanted: readonly string[];
  /** Fields of the key and the cursor: without one of them no row can be read. */
  readonly required: readonly string[];
  /** Sends a small request that only shows whether Meta takes some fields. */
  readonly ask: (fields: readonly string[]) => Promise<void>;
}

/** The fields that are asked for of one account, less those that Meta refused. */
export class FieldSet {
  readonly #options: FieldSetOptions;
  readonly #refused = new Set<string>();

  constructor(options: FieldSetOptions) {
    this.#options = options;
  }

  /** Fields to ask for. */
  get names(): readonly string[] {
    return this.#options.wanted.filter((field) => !this.#refused.has(field));
  }

  /** Fields that Meta refused so far. */
  get refused(): readonly string[] {
    return [...this.#refused];
  }

  /**
   * Leaves out what an error says that Meta refuses, with a warning: the fields that it names, else those that are found
   * by asking for halves, about two requests for each halving and refused field.
   *
   * @throws {ConfigError} `FIELD_REQUIRED` when a field of the key or the cursor is refused
   * @throws the error itself when it is about something else, or comes with the smallest set of fields too
   */
  async exclude(error: unknown): Promise<void> {
    if (!isFieldError(error)) throw error;
    const { log, stream, account, required } = this.#options;
    const named = refusedNames(error.message, this.names);
    // Such as an edge that the API does not have.
    if (named.length === 0 && namesOne(error.message)) throw shortened(error);
    const refused = named.length > 0 ? named : await this.#search();
    const needed = refused.filter((field) => required.includes(field));
    if (needed.length > 0) throw this.#requiredError(needed);
    if (refused.length === 0) throw shortened(error);
    for (const field of refused) this.#refused.add(field);
    const list = refused.join(', ');
    log.warn(
      error.code === NO_PERMISSION
        ? `${stream}: the access_token may not read ${list} of account ${account}; left out.`
        : `${stream}: Meta refuses ${list} of account ${account}; left out.`,
    );
  }

  /** The fields that are refused when none is named; empty when only all of them together are. */
  async #search(): Promise<readonly string[]> {
    const { required } = this.#options;
    await this.#tryRequired();
    return this.#refusedIn(this.names.filter((field) => !required.includes(field)));
  }

  /** Asks for the smallest set: an error that comes with it too is not about the other fields. */
  async #tryRequired(): Promise<void> {
    const { ask, required } = this.#options;
    try {
      await ask(required);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const named = refusedNames(error.message, required);
      if (named.length > 0) throw this.#requiredError(named);
      const refused = await this.#refusedAlone(required);
      // Several that are all refused alone are not the reason either.
      const isTheirs = refused.length === 1 || (refused.length > 0 && refused.length < required.length);
      throw isTheirs ? this.#requiredError(refused) : shortened(error);
    }
  }

  async #refusedAlone(fields: readonly string[]): Promise<readonly string[]> {
    const found: string[] = [];
    for (const field of fields) {
      if ((await this.#errorOf([field])) !== undefined) found.push(field);
    }
    return found;
  }

  async #refusedIn(fields: readonly string[]): Promise<readonly string[]> {
    if (fields.length === 0) return [];
    const error = await this.#errorOf([...this.#options.required, ...fields]);
    if (error === undefined) return [];
    const named = refusedNames(error.message, fields);
    if (named.length > 0) return [...named, ...(await this.#refusedIn(fields.filter((own) => !named.includes(own))))];
    if (fields.length === 1) return fields;
    const middle = Math.ceil(fields.length / 2);
    return [...(await this.#refusedIn(fields.slice(0, middle))), ...(await this.#refusedIn(fields.slice(middle)))];
  }

  /** The error that says that Meta refuses some of the fields; undefined when it takes them. */
  async #errorOf(fields: readonly string[]): Promise<KnownError | undefined> {
    try {
      await this.#options.ask(fields);
      return undefined;
    } catch (error) {
      if (isFieldError(error)) return error;
      throw error;
    }
  }

  #requiredError(fields: readonly string[]): ConfigError {
    const { stream, account } = this.#options;
    const list = fields.join(', ');
    const message =
      `Meta refuses ${list} of account ${account}, which the stream ${stream} needs for its key or cursor. ` +
      'Deselect the stream, or set another api_version.';
    return new ConfigError(message, { code: 'FIELD_REQUIRED' });
  }
}

/** The changes of records that lack columns because Meta did not give them. */
export function nulled(columns: readonly string[]): readonly MetaChange[] {
  return columns.map((field) => ({ field, change: 'NULLED', reason: 'SOURCE_RETRIEVAL_ERROR' }));
}

/** Whether an error is about some of the fields of a request. */
function isFieldError(error: unknown): error is KnownError {
  return isRefusal(error) || (isKnownError(error) && error.code === NO_PERMISSION);
}

function isRefusal(error: unknown): error is KnownError {
  return isKnownError(error) && error.code === FIELD_REFUSED;
}

/** The message of a refusal is kept whole as long as names are looked for in it. */
function shortened(error: KnownError): KnownError {
  if (error.code !== FIELD_REFUSED) return error;
  return new SystemError(shorten(error.message), { code: FIELD_REFUSED, cause: error });
}
