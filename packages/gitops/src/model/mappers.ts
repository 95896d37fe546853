import { formatPosition, type StreamSettings, type TransformStep, type WantedConnection } from '@cuttle/project';
import { ConfigError, canonicalJson, isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import { isMasked, MASK } from './leaves.js';

/** A mapper as requests have it; `id` is the server's. */
export interface Mapper extends JsonObject {
  readonly type: string;
  readonly mapperConfiguration: JsonObject;
}

const KEYS = ['key', 'publicKey'];

/** Mappers that a stream's `transform` asks for; the keys of `encrypt` are masked. */
export function wantedMappers(steps: readonly TransformStep[]): readonly Mapper[] {
  return steps.map((step) => mapperOf(step));
}

function mapperOf(step: TransformStep): Mapper {
  switch (step.kind) {
    case 'hash':
      return {
        type: 'hashing',
        mapperConfiguration: { targetField: step.field, method: step.method, fieldNameSuffix: step.suffix },
      };
    case 'rename':
      return {
        type: 'field-renaming',
        mapperConfiguration: { originalFieldName: step.field, newFieldName: step.to },
      };
    case 'drop':
      return { type: 'field-filtering', mapperConfiguration: { targetField: step.field } };
    case 'filter': {
      const equal = { type: 'EQUAL', fieldName: step.field, comparisonValue: step.value };
      const conditions = step.keeps === 'equal' ? equal : { type: 'NOT', conditions: [equal] };
      return { type: 'row-filtering', mapperConfiguration: { conditions } };
    }
    case 'encrypt':
      return { type: 'encryption', mapperConfiguration: encryption(step) };
    default: {
      const missing: never = step;
      return missing;
    }
  }
}

function encryption(step: TransformStep & { readonly kind: 'encrypt' }): JsonObject {
  const { mode, padding } = step.parameters;
  const common = { algorithm: step.method, targetField: step.field, fieldNameSuffix: step.suffix };
  if (step.method === 'RSA') return { ...common, publicKey: MASK };
  return { ...common, key: MASK, mode: mode ?? 'CBC', padding: padding ?? 'PKCS5Padding' };
}

/** A mapper as a text that is equal when it does the same; ids and keys do not count. */
export function mapperText(mapper: Json): string {
  if (!isJsonObject(mapper)) return '';
  const config = isJsonObject(mapper['mapperConfiguration']) ? mapper['mapperConfiguration'] : {};
  const shown = Object.entries(config).map(([key, value]) => [key, KEYS.includes(key) ? MASK : value]);
  return `${String(mapper['type'])} ${canonicalJson(Object.fromEntries(shown))}`;
}

/**
 * The mappers to send: those that the server has keep their id and their key, new ones get the key of the documents.
 *
 * @throws {ConfigError} `REFERENCE_UNRESOLVED`, `TRANSFORM_INCOMPLETE`
 */
export function mappersToSend(
  settings: StreamSettings,
  connection: WantedConnection,
  remote: readonly Json[],
): readonly Mapper[] {
  const known = remote.filter(isJsonObject).map((mapper) => ({ mapper, text: mapperText(mapper), isUsed: false }));
  return settings.transform.map((step) => {
    const wanted = mapperOf(step);
    const text = mapperText(wanted);
    const found = known.find((entry) => !entry.isUsed && entry.text === text);
    if (found !== undefined) {
      found.isUsed = true;
      const { id } = found.mapper;
      return typeof id === 'string' ? { id, ...wanted } : withKey(wanted, step, settings, connection);
    }
    return withKey(wanted, step, settings, connection);
  });
}

function withKey(wanted: Mapper, step: TransformStep, settings: StreamSettings, connection: WantedConnection): Mapper {
  if (step.kind !== 'encrypt') return wanted;
  const parameters = connection.readParameters(step.parameters);
  const config = Object.entries(wanted.mapperConfiguration).map(([key, value]): [string, Json] => {
    if (!isMasked(value)) return [key, value];
    const given = parameters[key];
    if (given !== undefined) return [key, given];
    const message = `${formatPosition(settings.position)} The encrypt step of "${step.field}" needs "${key}".`;
    throw new ConfigError(message, { code: 'TRANSFORM_INCOMPLETE' });
  });
  return { ...wanted, mapperConfiguration: Object.fromEntries(config) };
}
