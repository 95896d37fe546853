import type { RetryAfterForm } from '../server/faults.js';
import { hash32, randomFor } from '../shop/random.js';
import { BUILT_IN_FIELDS, type BubbleField, type BubbleType, type KeyStyle, type OptionSets } from './schema.js';
import { ThingTable } from './thing-table.js';

/** Switches of the app, all changeable while it runs. */
export interface BubbleSettings {
  /** Default `display`. */
  keyStyle: KeyStyle;
  /** Whether the Data API is on; default true. */
  isDataApiOn: boolean;
  /** Whether `/meta` answers; default true. */
  isMetaOn: boolean;
  /** Whether `/meta/swagger.json` answers, to anybody; default true. */
  isSwaggerOn: boolean;
  /** Most items of a page; default 100. */
  maxPageItems: number;
  /** Most items that a sorted search reaches; default 50,000. */
  maxSearchItems: number;
  /** Requests that are allowed in a window of true time; default none. */
  budget: RequestBudget | undefined;
}

/** A budget of requests. Beyond it: 429, or 503 as on legacy plans, until the window ends. */
export interface RequestBudget {
  readonly requests: number;
  /** Default 60,000. */
  readonly windowMs?: number;
  /** Default `seconds`, the whole seconds that are left of the window. */
  readonly retryAfter?: RetryAfterForm;
  /** Default 429. */
  readonly status?: 429 | 503;
}

/** The data of one environment: its types and their things. */
export class BubbleEnvironment {
  readonly name: string;
  readonly #seed: number;
  readonly #types = new Map<string, { type: BubbleType; table: ThingTable }>();
  optionSets: OptionSets = {};

  constructor(name: string, seed: number) {
    this.name = name;
    this.#seed = seed;
  }

  /** Adds a type, or replaces its definition and keeps its things. */
  define(type: BubbleType): void {
    const table =
      this.#types.get(type.name)?.table ?? new ThingTable(hash32(`${this.#seed}:${this.name}:${type.name}`));
    this.#types.set(type.name, { type, table });
  }

  /** Adds option sets to those there are. */
  defineOptions(sets: OptionSets): void {
    this.optionSets = { ...this.optionSets, ...sets };
  }

  /** All types in the order of their definition. */
  types(): BubbleType[] {
    return [...this.#types.values()].map(({ type }) => type);
  }

  /** A type's definition, exposed or not. */
  type(name: string): BubbleType | undefined {
    return this.#types.get(name)?.type;
  }

  /**
   * A type's things.
   *
   * @throws {Error} when there is no such type
   */
  table(name: string): ThingTable {
    const entry = this.#types.get(name);
    if (entry === undefined) throw new Error(`No type "${name}" in ${this.name}`);
    return entry.table;
  }
}

/** A Bubble app with its environments, tokens and settings. */
export class BubbleApp {
  readonly settings: BubbleSettings = {
    keyStyle: 'display',
    isDataApiOn: true,
    isMetaOn: true,
    isSwaggerOn: true,
    maxPageItems: 100,
    maxSearchItems: 50_000,
    budget: undefined,
  };
  readonly #seed: number;
  readonly #environments = new Map<string, BubbleEnvironment>();
  #tokenGeneration = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The token that ignores privacy rules: 32 characters. */
  get adminToken(): string {
    return this.#token('admin');
  }

  /** A token of a user without administrator rights. */
  get userToken(): string {
    return this.#token('user');
  }

  /** Whose token it is, undefined for one that is not valid. */
  roleOf(token: string): 'admin' | 'user' | undefined {
    if (token === this.adminToken) return 'admin';
    return token === this.userToken ? 'user' : undefined;
  }

  /** Replaces both tokens. */
  renewTokens(): void {
    this.#tokenGeneration += 1;
  }

  /** An environment (`live`, `version-test`, a branch id); made empty when it is new. */
  environment(name = 'live'): BubbleEnvironment {
    const known = this.#environments.get(name);
    if (known !== undefined) return known;
    const made = new BubbleEnvironment(name, this.#seed);
    this.#environments.set(name, made);
    return made;
  }

  /** Whether an environment has been made. */
  hasEnvironment(name: string): boolean {
    return this.#environments.has(name);
  }

  #token(role: string): string {
    const random = randomFor(this.#seed, `bubble token ${role} ${this.#tokenGeneration}`);
    return Array.from({ length: 32 }, () => random.int(0, 15).toString(16)).join('');
  }
}

/** A type's fields, built-in ones first. */
export function allFields(type: BubbleType): BubbleField[] {
  return [...BUILT_IN_FIELDS, ...type.fields];
}

/** Finds a field by the name that the key style shows. */
export function fieldFinder(type: BubbleType, keyStyle: KeyStyle): (key: string) => BubbleField | undefined {
  const fields = allFields(type);
  return (key) => fields.find((field) => (keyStyle === 'id' ? field.id : field.display) === key);
}
