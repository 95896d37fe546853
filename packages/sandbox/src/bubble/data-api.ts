import { performance } from 'node:perf_hooks';
import type { SandboxClock } from '../server/clock.js';
import { type Answer, bearerToken, jsonAnswer, type Request, textAnswer } from '../server/exchange.js';
import { rateLimitAnswer } from '../server/faults.js';
import type { System } from '../server/listen.js';
import { type BubbleApp, type BubbleEnvironment, fieldFinder } from './app.js';
import { BadSearchError, parseConstraints } from './constraints.js';
import { describeMeta, describeSwagger } from './describe.js';
import { type RenderOptions, renderThing } from './render.js';
import type { BubbleType } from './schema.js';
import { performSearch, type Search, type SortField } from './search.js';
import { writeThing } from './write-api.js';

type Role = 'admin' | 'user' | 'none';

const DEFAULT_PAGE_ITEMS = 50;

/**
 * The Data API of the app below `/bubble[/<environment>]/api/1.1`: lists, single things, writes, `/meta`, `/meta/swagger.json`.
 *
 * Behaviour follows the vendor's manual ("Data API requests"); where the manual is silent the stand-in does what is
 * hardest for a client: beyond the 50,000th item a sorted search is empty, without an error.
 */
export class BubbleDataApi implements System {
  readonly #app: BubbleApp;
  readonly #clock: SandboxClock;
  #windowStartMs = 0;
  #windowRequests = 0;

  constructor(app: BubbleApp, clock: SandboxClock) {
    this.#app = app;
    this.#clock = clock;
  }

  expireTokens(): void {
    this.#app.renewTokens();
  }

  handle(request: Request): Answer {
    const limited = this.#spend();
    if (limited !== undefined) return limited;
    const route = /^\/bubble(?:\/([^/]+))?\/api\/1\.1(\/.*)?$/.exec(request.path);
    const name = route?.[1]?.replace(/^version-(?!test$)/, '') ?? 'live';
    if (route === null || !this.#app.hasEnvironment(name)) return textAnswer(404, 'Not found');
    const environment = this.#app.environment(name);
    const path = route[2] ?? '/';
    const { settings } = this.#app;
    if (path === '/meta/swagger.json' && settings.isSwaggerOn) {
      return jsonAnswer(200, describeSwagger(environment, settings.keyStyle, request.headers['host'] ?? ''));
    }
    const token = bearerToken(request);
    const role: Role | undefined = token === undefined ? 'none' : this.#app.roleOf(token);
    if (role === undefined) return unauthorized(token ?? '');
    if (path === '/meta' && settings.isMetaOn && role !== 'none') {
      return jsonAnswer(200, describeMeta(environment, 'novel'));
    }
    const object = /^\/obj\/([^/]+)(?:\/([^/]+))?$/.exec(path);
    if (object === null) return missing(`Path not found ${path}`);
    return this.#object(request, environment, role, decodeURIComponent(object[1]!), object[2]);
  }

  #object(request: Request, environment: BubbleEnvironment, role: Role, name: string, id: string | undefined): Answer {
    const type = environment.type(name);
    // One answer for all causes: unknown, not ticked, Data API off, not deployed to this environment.
    if (!this.#app.settings.isDataApiOn || type === undefined || type.isExposed === false) {
      return missing(`Type not found ${name}`);
    }
    const { keyStyle } = this.#app.settings;
    if (request.method !== 'GET') {
      // Privacy rules decide who may write; only the administrator's token passes by them.
      if (role !== 'admin') return forbidden();
      const target = { environment, type, keyStyle, nowMs: this.#clock.now() };
      return writeThing(request, target, id === undefined ? undefined : decodeURIComponent(id));
    }
    const render: RenderOptions = {
      keyStyle,
      optionSets: environment.optionSets,
      hiddenFields: role === 'admin' ? [] : (type.privacy?.hiddenFields ?? []),
    };
    const isFindable = role === 'admin' || type.privacy?.isFindable !== false;
    if (id === undefined) return this.#list(request, environment, type, render, isFindable);
    const thing = environment.table(name).get(decodeURIComponent(id));
    if (thing === undefined) return missing(`Missing object of type ${name}: object with id ${id} does not exist`);
    return jsonAnswer(200, { response: renderThing(thing, type, render) });
  }

  #list(
    request: Request,
    environment: BubbleEnvironment,
    type: BubbleType,
    render: RenderOptions,
    isFindable: boolean,
  ): Answer {
    const { keyStyle, maxPageItems, maxSearchItems } = this.#app.settings;
    let search: Search;
    let page: ReturnType<typeof performSearch>;
    try {
      search = parseSearch(request.query, type, keyStyle, maxPageItems);
      page = performSearch(environment.table(type.name), search, maxSearchItems);
    } catch (error) {
      if (!(error instanceof BadSearchError)) throw error;
      return jsonAnswer(400, { statusCode: 400, body: { status: 'INVALID_DATA', message: error.message } });
    }
    const things = isFindable ? page.things : [];
    const reachable = isFindable ? Math.min(page.total, maxSearchItems) : 0;
    const remaining = Math.max(0, reachable - search.cursor - things.length);
    const excludesRemaining = request.query.get('exclude_remaining') === 'true';
    return jsonAnswer(200, {
      response: {
        cursor: search.cursor,
        results: things.map((thing) => renderThing(thing, type, render)),
        count: things.length,
        ...(excludesRemaining ? {} : { remaining }),
      },
    });
  }

  /** Counts a request against the budget; the answer when it is used up. */
  #spend(): Answer | undefined {
    const { budget } = this.#app.settings;
    if (budget === undefined) return undefined;
    const windowMs = budget.windowMs ?? 60_000;
    const now = performance.now();
    if (now - this.#windowStartMs >= windowMs) {
      this.#windowStartMs = now;
      this.#windowRequests = 0;
    }
    this.#windowRequests += 1;
    if (this.#windowRequests <= budget.requests) return undefined;
    const seconds = Math.ceil((this.#windowStartMs + windowMs - now) / 1000);
    return rateLimitAnswer(budget.retryAfter ?? 'seconds', seconds, budget.status ?? 429, Date.now());
  }
}

function parseSearch(
  query: URLSearchParams,
  type: BubbleType,
  keyStyle: 'display' | 'id',
  maxPageItems: number,
): Search {
  const find = fieldFinder(type, keyStyle);
  const sort: SortField[] = [];
  const addSort = (key: string, isDescending: boolean): void => {
    const field = find(key);
    if (field === undefined) throw new BadSearchError(`Field not found ${key}`);
    sort.push({ field, isDescending });
  };
  const sortKey = query.get('sort_field');
  if (sortKey !== null) addSort(sortKey, query.get('descending') === 'true');
  for (const entry of parseJsonList(query.get('additional_sort_fields'))) {
    addSort(String(entry['sort_field']), String(entry['descending']) === 'true');
  }
  return {
    constraints: parseConstraints(query.get('constraints'), find),
    sort,
    cursor: wholeNumber(query.get('cursor'), 0),
    limit: Math.min(wholeNumber(query.get('limit'), DEFAULT_PAGE_ITEMS), maxPageItems),
  };
}

function parseJsonList(text: string | null): Record<string, unknown>[] {
  if (text === null || text === '') return [];
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed as Record<string, unknown>[];
  } catch {
    // Told below.
  }
  throw new BadSearchError('additional_sort_fields must be a JSON array');
}

function wholeNumber(text: string | null, fallback: number): number {
  if (text === null) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new BadSearchError(`Not a whole number: ${text}`);
  return value;
}

/** The real answer repeats the token in `translation`. */
function unauthorized(token: string): Answer {
  return jsonAnswer(401, {
    error_class: 'Unauthorized',
    args: {},
    message: null,
    translation: `Invalid or expired token: ${token}`,
  });
}

function forbidden(): Answer {
  const message = 'The current user lacks permission to perform this action';
  return jsonAnswer(401, { statusCode: 401, body: { status: 'PERMISSION_DENIED', message } });
}

function missing(message: string): Answer {
  return jsonAnswer(404, { statusCode: 404, body: { status: 'MISSING_DATA', message } });
}
