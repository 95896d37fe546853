import { type Answer, jsonAnswer, jsonBody, type Request, textAnswer } from '../server/exchange.js';
import type { BubbleEnvironment } from './app.js';
import { type BubbleField, type BubbleType, elementType, isList, type KeyStyle, type OptionSets } from './schema.js';
import type { ThingValues } from './thing-table.js';

/** Most lines of a bulk request (Data API manual). */
const MAX_BULK_LINES = 1_000;

/** Where a write goes, and when it happens. */
export interface WriteTarget {
  readonly environment: BubbleEnvironment;
  readonly type: BubbleType;
  readonly keyStyle: KeyStyle;
  /** Milliseconds since the epoch; becomes the creation or modification time. */
  readonly nowMs: number;
}

/** Thrown for data that Bubble refuses; the message is its. */
class RefusedError extends Error {}

/**
 * `POST /obj/<type>` (201 with the id), `PATCH` (204, changes the given fields), `PUT` (204, empties the fields that are
 * left out) and `DELETE` (204) of one thing, and `POST /obj/<type>/bulk`: one JSON a line, answered by 200 with one line
 * each, also when some are refused. There is no upsert and no bulk change.
 */
export function writeThing(request: Request, target: WriteTarget, id: string | undefined): Answer {
  const { method } = request;
  if (method === 'POST' && id === undefined) return answerOf(() => created(target, bodyOf(request)));
  if (method === 'POST' && id === 'bulk') return bulk(request, target);
  if (id === undefined || !['PATCH', 'PUT', 'DELETE'].includes(method))
    return refusal(405, 'METHOD_NOT_ALLOWED', method);
  const table = target.environment.table(target.type.name);
  if (table.get(id) === undefined) {
    return refusal(
      404,
      'MISSING_DATA',
      `Missing object of type ${target.type.name}: object with id ${id} does not exist`,
    );
  }
  return answerOf(() => {
    if (method === 'DELETE') table.remove(id);
    else table.update(id, changesOf(request, target), target.nowMs);
    return { status: 204, body: '' };
  });
}

function changesOf(request: Request, target: WriteTarget): ThingValues {
  const values = valuesOf(target, bodyOf(request));
  if (request.method === 'PATCH') return values;
  return { ...Object.fromEntries(target.type.fields.map(({ id }) => [id, undefined])), ...values };
}

function created(target: WriteTarget, body: Readonly<Record<string, unknown>>): Answer {
  return jsonAnswer(201, { status: 'success', id: insert(target, body) });
}

function insert({ environment, type, nowMs, ...target }: WriteTarget, body: Readonly<Record<string, unknown>>): string {
  if (type.name === 'user' && typeof body['email'] !== 'string') throw new RefusedError('A user needs an email');
  const { email, ...rest } = body;
  const given = valuesOf({ environment, type, nowMs, ...target }, type.name === 'user' ? rest : body);
  const values = type.name === 'user' ? { ...given, authentication: { email: { email } } } : given;
  const filled = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  return environment.table(type.name).insert({ createdMs: nowMs, modifiedMs: nowMs, values: filled });
}

/** Lines are independent of each other; only a body that is no list of lines fails as a whole. */
function bulk(request: Request, target: WriteTarget): Answer {
  if (!(request.headers['content-type'] ?? '').startsWith('text/plain')) {
    return refusal(400, 'INVALID_DATA', 'Bulk requests have the content type text/plain');
  }
  const lines = request.body.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > MAX_BULK_LINES) return refusal(400, 'INVALID_DATA', `At most ${MAX_BULK_LINES} things at once`);
  const answers = lines.map((line) => {
    try {
      return { status: 'success', id: insert(target, bodyOf({ ...request, body: line })) };
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return { status: 'error', message: error.message };
    }
  });
  return textAnswer(200, answers.map((answer) => JSON.stringify(answer)).join('\n'));
}

function bodyOf(request: Request): Readonly<Record<string, unknown>> {
  const body = jsonBody(request);
  if (body === undefined) throw new RefusedError('The body is not a JSON object');
  return body;
}

/** Values by field id; null empties a field. Built-in fields cannot be set. */
function valuesOf({ type, keyStyle, environment }: WriteTarget, body: Readonly<Record<string, unknown>>): ThingValues {
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => {
      const field = type.fields.find((known) => (keyStyle === 'id' ? known.id : known.display) === key);
      if (field === undefined) throw new RefusedError(`Unrecognized field: ${key}`);
      return [field.id, value === null ? undefined : stored(value, field, environment.optionSets)];
    }),
  );
}

function stored(value: unknown, field: BubbleField, optionSets: OptionSets): unknown {
  if (!isList(field.type)) return single(value, field, elementType(field.type), optionSets);
  if (!Array.isArray(value)) throw wrongType(field, 'a list');
  return value.map((part: unknown) => single(part, field, elementType(field.type), optionSets));
}

function single(value: unknown, field: BubbleField, type: string, optionSets: OptionSets): unknown {
  if (type === 'number') return typed(value, 'number', field);
  if (type === 'boolean') return typed(value, 'boolean', field);
  if (type === 'geographic_address') return typed(value, 'object', field);
  if (type === 'date') {
    const time = typeof value === 'number' ? value : Date.parse(String(value));
    if (Number.isNaN(time)) throw wrongType(field, 'a date');
    return time;
  }
  const text = typed(value, 'string', field);
  if (!type.startsWith('option.')) return text;
  const option = (optionSets[type.slice('option.'.length)] ?? []).find(({ slug, display }) =>
    [slug, display].includes(String(text)),
  );
  if (option === undefined) throw wrongType(field, 'one of its options');
  return option.slug;
}

function typed(value: unknown, type: string, field: BubbleField): unknown {
  if (typeof value !== type) throw wrongType(field, `a ${type}`);
  return value;
}

function wrongType(field: BubbleField, wanted: string): RefusedError {
  return new RefusedError(`Invalid data for field ${field.display}: it has to be ${wanted}`);
}

function answerOf(work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return refusal(400, 'INVALID_DATA', error.message);
  }
}

function refusal(status: number, word: string, message: string): Answer {
  return jsonAnswer(status, { statusCode: status, body: { status: word, message } });
}
