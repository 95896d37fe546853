import {
  type Answer,
  bearerToken,
  jsonAnswer,
  jsonBody,
  type Request,
  type ServedStandIn,
  type System,
  serveStandIn,
} from '@cuttle/sandbox';

/** The token that a new stand-in accepts. */
export const TOKEN = 'acme-7215ee9c7d9dc229d2921a40e899ec5f';

/** Most rows, and most bytes, of a request (Acme API, "Tables"). */
const MAX_ROWS = 1000;
const MAX_BYTES = 5_000_000;

/** A stored row. */
interface StoredRow {
  readonly data: Readonly<Record<string, unknown>>;
  readonly generation: number;
}

/**
 * Acme's tables as its documentation describes them: rows are stored under ids and replaced by ids, a request may hold
 * 1,000 rows and 5 MB, a row that cannot be stored is refused alone, and prune removes the rows of other generations.
 */
export class AcmeApi implements System {
  token = TOKEN;
  /** Whether the token may write. */
  mayWrite = true;
  readonly tables = new Map<string, Map<string, StoredRow>>();

  handle(request: Request): Answer {
    if (bearerToken(request) !== this.token) return refuse(401, 'invalid_token');
    const [, , , , name = '', action = ''] = request.path.split('/');
    const body = jsonBody(request);
    if (body === undefined) return refuse(400, 'invalid_json');
    if (!this.mayWrite) return refuse(403, 'read_only_token');
    const table = decodeURIComponent(name);
    switch (action) {
      case 'upsert':
        return this.#upsert(table, body, Buffer.byteLength(request.body));
      case 'prune':
        return this.#prune(table, Number(body['keep_generation']));
      default:
        return refuse(404, 'unknown_path');
    }
  }

  expireTokens(): void {
    this.token = `${TOKEN}-renewed`;
  }

  #upsert(table: string, { rows, generation }: Readonly<Record<string, unknown>>, bytes: number): Answer {
    if (!Array.isArray(rows) || typeof generation !== 'number') return refuse(400, 'invalid_body');
    if (rows.length > MAX_ROWS || bytes > MAX_BYTES) return refuse(413, 'too_large');
    const stored = this.tables.get(table) ?? new Map<string, StoredRow>();
    this.tables.set(table, stored);
    const rejected: object[] = [];
    for (const { id, data } of rows as readonly { readonly id: string; readonly data: StoredRow['data'] }[]) {
      if (data['refuse'] === true) rejected.push({ id, reason: 'the field refuse is reserved' });
      else stored.set(id, { data, generation });
    }
    return jsonAnswer(200, { rejected });
  }

  #prune(table: string, generation: number): Answer {
    const stored = this.tables.get(table) ?? new Map<string, StoredRow>();
    for (const [id, row] of stored) if (row.generation !== generation) stored.delete(id);
    return jsonAnswer(200, {});
  }
}

/** A served stand-in. */
export interface AcmeStandIn extends ServedStandIn {
  readonly api: AcmeApi;
  /** Root of the API, for `base_url`. */
  readonly baseUrl: string;
  readonly token: string;
}

/** Serves an account without tables. */
export async function startStandIn(): Promise<AcmeStandIn> {
  const api = new AcmeApi();
  const served = await serveStandIn('acme', api);
  return { ...served, api, baseUrl: `${served.url}/acme/v1`, token: TOKEN };
}

function refuse(status: number, code: string): Answer {
  return jsonAnswer(status, { error: { code, message: `Acme refuses the request: ${code}` } });
}
