import type { Json, JsonSchema } from '@cuttle/protocol';

/** What a field holds. `stats` is a list of actions with their numbers, `results` a list of results. */
export type FieldKind =
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'time'
  | 'date'
  | 'object'
  | 'list'
  | 'stats'
  | 'results';

const TEXT = { type: ['string', 'null'] };
const NUMBER = { type: ['number', 'null'] };
/** What actions can be told apart by. */
const ACTION_KEYS = [
  'action_type',
  'action_target_id',
  'action_destination',
  'action_canvas_component_name',
  'action_carousel_card_id',
  'action_carousel_card_name',
  'action_device',
  'action_reaction',
  'action_video_sound',
  'action_video_type',
  'standard_event_content_type',
];
/** What numbers of actions are told apart by: windows of attribution. `value` can be missing. */
const ACTION_NUMBERS = [
  'value',
  '1d_click',
  '7d_click',
  '28d_click',
  '1d_view',
  '7d_view',
  '28d_view',
  '1d_ev',
  'incrementality',
];

/** JSON Schema of a field. Everything may be null: Meta leaves empty fields out. */
export function kindSchema(kind: FieldKind): JsonSchema {
  switch (kind) {
    case 'text':
      return TEXT;
    case 'integer':
      return { type: ['integer', 'null'] };
    case 'number':
      return NUMBER;
    case 'boolean':
      return { type: ['boolean', 'null'] };
    case 'time':
      return { type: ['string', 'null'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
    case 'date':
      return { type: ['string', 'null'], format: 'date' };
    case 'object':
      return { type: ['object', 'null'], additionalProperties: true };
    case 'list':
      return { type: ['array', 'null'] };
    case 'stats':
      return listOf(actionSchema());
    case 'results':
      return listOf({ type: ['object', 'null'], additionalProperties: true });
    default:
      return kind satisfies never;
  }
}

/** JSON Schema of records with these fields. */
export function recordSchema(fields: Iterable<readonly [string, FieldKind]>): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: Object.fromEntries([...fields].map(([name, kind]): [string, Json] => [name, kindSchema(kind)])),
  };
}

function actionSchema(): JsonSchema {
  const keys = ACTION_KEYS.map((name) => [name, TEXT] as const);
  const numbers = ACTION_NUMBERS.map((name) => [name, NUMBER] as const);
  return {
    type: ['object', 'null'],
    additionalProperties: true,
    properties: Object.fromEntries([...keys, ...numbers]),
  };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: ['array', 'null'], items };
}
