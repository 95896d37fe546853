import {
  type Answer,
  bearerToken,
  jsonAnswer,
  type Request,
  type ServedStandIn,
  type System,
  serveStandIn,
} from '@cuttle/sandbox';

/** A row of a list. Every field but `id` may be null. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** An order; lists sort it by `updated_at`, ISO 8601 with milliseconds. */
export type Order = Row & { readonly updated_at: string };

/** The token that a new stand-in accepts. */
export const TOKEN = 'acme-5d41402abc4b2a76b9719d911017c592';

/** Largest page (Acme API, "Lists"): more is refused. */
const MAX_LIMIT = 200;

/**
 * Acme's API as its documentation describes it: bearer tokens that can end; lists of customers by id and of orders by
 * time of change, then id; pages of at most 200 rows, short or empty ones too, with the token of a next page as long as
 * there is one.
 */
export class AcmeApi implements System {
  token = TOKEN;
  /** Most rows of a page; the API may give fewer than were asked for. */
  pageRows = MAX_LIMIT;
  readonly customers: Row[] = [];
  #orders: Order[] = [];

  /** Sorted as the API lists them. */
  get orders(): readonly Order[] {
    return this.#orders;
  }

  /** Adds orders or replaces those of the same id. */
  put(...orders: readonly Order[]): void {
    const ids = new Set(orders.map(({ id }) => id));
    const kept = this.#orders.filter(({ id }) => !ids.has(id));
    this.#orders = [...kept, ...orders].sort((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1));
  }

  remove(id: string): void {
    this.#orders = this.#orders.filter((order) => order.id !== id);
  }

  handle(request: Request): Answer {
    if (bearerToken(request) !== this.token) return refuse(401, 'invalid_token');
    const { query } = request;
    switch (request.path) {
      case '/acme/v1/customers':
        return this.#page(this.customers, ({ id }) => id, query);
      case '/acme/v1/orders': {
        const from = query.get('updated_from') ?? '';
        const rows = this.#orders.filter((order) => order.updated_at >= from);
        return this.#page(rows, positionOf, query);
      }
      default:
        return refuse(404, 'unknown_path');
    }
  }

  /** Makes the token invalid; {@link token} is the new one. */
  expireTokens(): void {
    this.token = `${TOKEN}-renewed`;
  }

  /** The token of a next page names the last row, so rows that come or go meanwhile shift no page. */
  #page<R extends Row>(rows: readonly R[], position: (row: R) => string, query: URLSearchParams): Answer {
    const limit = Number(query.get('limit') ?? 50);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) return refuse(400, 'invalid_limit');
    const after = Buffer.from(query.get('page_token') ?? '', 'base64url').toString();
    const start = rows.findIndex((row) => position(row) > after);
    const data = start < 0 ? [] : rows.slice(start, start + Math.min(limit, this.pageRows));
    const last = data.at(-1);
    const hasMore = last !== undefined && start + data.length < rows.length;
    return jsonAnswer(200, {
      data,
      next_page_token: hasMore ? Buffer.from(position(last)).toString('base64url') : null,
    });
  }
}

/** A served stand-in. */
export interface AcmeStandIn extends ServedStandIn {
  readonly api: AcmeApi;
  /** Root of the API, for `base_url`. */
  readonly baseUrl: string;
  readonly token: string;
}

/** Serves a small shop: 6 customers and 250 orders, alike each time. */
export async function startStandIn(): Promise<AcmeStandIn> {
  const api = new AcmeApi();
  for (let number = 1; number <= 6; number += 1) api.customers.push(customer(number));
  api.put(...makeOrders(250, '2024-05-01T00:00:00.000Z', 60_000));
  const served = await serveStandIn('acme', api);
  return { ...served, api, baseUrl: `${served.url}/acme/v1`, token: TOKEN };
}

/** Orders with ids of their own, changed one after another. @param note of every fourth order; the others have none */
export function makeOrders(count: number, first: string, stepMs: number, note = 'leave at the door'): readonly Order[] {
  const start = Date.parse(first);
  return Array.from({ length: count }, (_, index) => {
    const time = new Date(start + index * stepMs).toISOString();
    return {
      id: `ord_${start.toString(36)}_${String(index).padStart(6, '0')}`,
      customer_id: `cus_${(index % 6) + 1}`,
      status: index % 10 === 9 ? 'cancelled' : 'paid',
      currency: 'EUR',
      total_minor: 1000 + index,
      note: index % 4 === 0 ? note : null,
      lines: [{ product: `p${index % 7}`, quantity: 1, price_minor: 1000 + index }],
      created_at: first,
      updated_at: time,
    };
  });
}

function customer(number: number): Row {
  const email = number === 3 ? null : `customer${number}@mail.example`;
  return { id: `cus_${number}`, number, name: `Customer ${number}`, email, created_at: '2024-04-01T00:00:00.000Z' };
}

function positionOf({ updated_at: time, id }: Order): string {
  return `${time} ${id}`;
}

function refuse(status: number, code: string): Answer {
  return jsonAnswer(status, { error: { code, message: `Acme refuses the request: ${code}` } });
}
