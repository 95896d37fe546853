import fs from 'node:fs';
import path from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { airbyteFolder } from './workspace.js';

/** A request to Airbyte's API. */
interface ContractRequest {
  readonly method: string;
  /** From `/api/public/v1` or `/api/v1` on. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: string;
}

/** Finds what Airbyte's own API documents have against a request; empty when it is valid. */
export type ContractCheck = (request: ContractRequest) => readonly string[];

type Dict = Readonly<Record<string, unknown>>;

/** A check of requests by Airbyte's API documents, or undefined when they are not there. */
export function airbyteContract(): ContractCheck | undefined {
  const folder = airbyteFolder();
  if (folder === undefined) return undefined;
  const read = (name: string): string => fs.readFileSync(path.join(folder, 'openapi', name), 'utf8');
  let config: ApiDocument | undefined;
  const subset = new ApiDocument(JSON.parse(read('public-api.gitops-subset.json')) as Dict);
  return (request) => {
    if (request.path.startsWith('/api/public/v1')) return subset.check(request, request.path.slice(14));
    config ??= new ApiDocument(parse(read('config-api.yaml'), { maxAliasCount: -1 }) as Dict);
    return config.check(request, request.path.slice('/api'.length));
  };
}

class ApiDocument {
  readonly #document: Dict;
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: Dict) {
    this.#document = document;
    this.#ajv = new Ajv2020({ strict: false, allErrors: true, logger: false, validateSchema: false });
    addFormats(this.#ajv as never);
    this.#ajv.addSchema({ components: document['components'] }, 'api');
  }

  check(request: ContractRequest, route: string): readonly string[] {
    const label = `${request.method} ${route}`;
    const found = this.#operation(request.method.toLowerCase(), route);
    if (found === undefined) return [`${label}: no such operation`];
    return [
      ...this.#queryProblems(found, request.query).map((problem) => `${label}: ${problem}`),
      ...this.#bodyProblems(found.operation, request).map((problem) => `${label}: ${problem}`),
    ];
  }

  #operation(method: string, route: string): Operation | undefined {
    const parts = route.split('/');
    for (const [template, item] of Object.entries(this.#document['paths'] as Record<string, Dict>)) {
      const pattern = template.split('/');
      const matches =
        pattern.length === parts.length &&
        pattern.every((part, index) => part.startsWith('{') || part === parts[index]);
      const operation = item[method];
      if (matches && operation !== undefined) return { operation: operation as Dict, item };
    }
    return undefined;
  }

  #queryProblems({ operation, item }: Operation, query: URLSearchParams): readonly string[] {
    const parameters = [...listOf(item['parameters']), ...listOf(operation['parameters'])].map((entry) =>
      this.#resolve(entry),
    );
    const known = new Map(
      parameters.filter((entry) => entry['in'] === 'query').map((entry) => [String(entry['name']), entry]),
    );
    const unknown = [...query.keys()].filter((name) => !known.has(name)).map((name) => `unknown parameter ${name}`);
    const wrong = [...known].flatMap(([name, parameter]) => {
      const values = query.getAll(name);
      if (values.length === 0) return parameter['required'] === true ? [`parameter ${name} is missing`] : [];
      const schema = this.#resolve(parameter['schema'] as Dict);
      const typed = schema['type'] === 'array' ? values : typedValue(values[0] ?? '', schema['type']);
      return this.#problems(`query ${JSON.stringify(schema)}`, schema, typed);
    });
    return [...unknown, ...wrong];
  }

  #bodyProblems(operation: Dict, request: ContractRequest): readonly string[] {
    const content = (operation['requestBody'] as Dict | undefined)?.['content'] as Record<string, Dict> | undefined;
    if (content === undefined) return request.body === '' ? [] : ['a body is sent that the operation does not take'];
    const type = request.contentType.split(';')[0] ?? '';
    const media = content[type];
    if (media === undefined) return [`content type "${type}" is not taken`];
    const body = type.includes('json')
      ? JSON.parse(request.body)
      : Object.fromEntries(new URLSearchParams(request.body));
    const schema = media['schema'] as Dict;
    return this.#problems(JSON.stringify(schema), schema, body);
  }

  #problems(key: string, schema: Dict, value: unknown): readonly string[] {
    let check = this.#compiled.get(key);
    if (check === undefined) {
      check = this.#ajv.compile(withIds(schema) as Dict);
      this.#compiled.set(key, check);
    }
    const isValid: boolean = check(value);
    if (isValid) return [];
    return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  }

  #resolve(value: Dict): Dict {
    const reference = value['$ref'];
    if (typeof reference !== 'string') return value;
    const parts = reference.slice(2).split('/');
    return parts.reduce<unknown>((at, part) => (at as Dict)[part], this.#document) as Dict;
  }
}

interface Operation {
  readonly operation: Dict;
  readonly item: Dict;
}

/** References of a part lead into the whole document. */
function withIds(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withIds);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' && value.startsWith('#') ? `api${value}` : withIds(value),
    ]),
  );
}

function typedValue(text: string, type: unknown): unknown {
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

function listOf(value: unknown): readonly Dict[] {
  return Array.isArray(value) ? (value as Dict[]) : [];
}

/** A `fetch` that checks each request first; what the documents have against it is added to `problems`. */
export function contractFetch(inner: typeof fetch, check: ContractCheck, problems: string[]): typeof fetch {
  return (input, init) => {
    const url = new URL(String(input));
    const found = check({
      method: init?.method ?? 'GET',
      path: url.pathname.slice(url.pathname.indexOf('/api/')),
      query: url.searchParams,
      contentType: new Headers(init?.headers).get('content-type') ?? '',
      body: init?.body === undefined || init.body === null ? '' : String(init.body),
    });
    problems.push(...found);
    return inner(input, init);
  };
}
