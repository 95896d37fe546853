import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  stringify,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Kind } from './document-schema.js';
import { SCHEMA_FILE } from './schema-files.js';
import { parseYamlBytes } from './yaml-file.js';

/** Order of the keys of each kind; other keys follow as they stand. */
const KEY_ORDER: Readonly<Record<Kind, readonly string[]>> = {
  Project: ['kind', 'name', 'defaults', 'targets'],
  Connectors: ['kind', 'sources', 'destinations'],
  Source: ['kind', 'name', 'previousName', 'connector', 'config', 'tags', 'lifecycle'],
  Destination: ['kind', 'name', 'previousName', 'connector', 'config', 'tags', 'lifecycle'],
  Connection: [
    'kind',
    'name',
    'previousName',
    'source',
    'destination',
    'status',
    'schedule',
    'namespace',
    'prefix',
    'schemaChanges',
    'tags',
    'lifecycle',
    'select',
    'streams',
  ],
  Pipeline: ['kind', 'name', 'steps'],
};

const WIDTH = 120;

/** The parser's own search for duplicate keys takes time squared. */
const LINEAR = { uniqueKeys: false } as const;

/** Documents as the text of one file, with the line that points editors at the schema. */
export function writeDocuments(documents: readonly JsonObject[]): string {
  const header = `# yaml-language-server: $schema=../schema/${SCHEMA_FILE}\n`;
  return formatDocuments(header + documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n'));
}

/**
 * The canonical form of a file: keys in the order of their kind, two spaces, short maps and lists on one line where they
 * stood on one. Comments stay. A text in which a document is not valid comes back as it is.
 */
export function formatDocuments(text: string): string {
  if (parseYamlBytes(Buffer.from(text), '').diagnostics.length > 0) return text;
  const documents = [...parseAllDocuments(text, LINEAR)];
  if (documents.length === 0) return text;
  const before = documents.map((document) => JSON.stringify(sorted(document.toJS() as Json)));
  for (const document of documents) if (isMap(document.contents)) arrange(document.contents as YAMLMap);
  const parts = documents.map((document) => document.toString({ lineWidth: WIDTH, flowCollectionPadding: true }));
  const formatted = `${parts.map((part) => part.replace(/^---\n/, '').trimEnd()).join('\n---\n')}\n`;
  const after = [...parseAllDocuments(formatted, LINEAR)].map((document) =>
    JSON.stringify(sorted(document.toJS() as Json)),
  );
  return JSON.stringify(before) === JSON.stringify(after) ? formatted : text;
}

function arrange(map: YAMLMap): void {
  const kind = map.get('kind');
  const order = KEY_ORDER[kind as Kind];
  if (order !== undefined) {
    keepHead(map);
    const place = (pair: Pair): number => {
      const index = order.indexOf(isScalar(pair.key) ? String(pair.key.value) : '');
      return index < 0 ? order.length : index;
    };
    map.items.sort((a, b) => place(a) - place(b));
  }
  compact(map);
}

/** The comment before the first key belongs to the document, not to the key. */
function keepHead(map: YAMLMap): void {
  const key = map.items[0]?.key;
  if (!isScalar(key) || !key.commentBefore) return;
  map.commentBefore = key.commentBefore;
  key.commentBefore = undefined;
}

/** Maps that fit are written on one line: references, schedules, streams, connectors. */
function compact(map: YAMLMap): void {
  for (const name of ['schedule', 'namespace', 'tags', 'lifecycle']) flow(map.get(name), WIDTH - name.length - 2);
  for (const name of ['streams', 'sources', 'destinations']) {
    const entries = map.get(name);
    if (!isMap(entries)) continue;
    for (const pair of entries.items) flow(pair.value, WIDTH - String(pair.key).length - 6);
  }
  const config = map.get('config');
  if (isMap(config)) references(config as YAMLMap);
}

function references(map: YAMLMap): void {
  for (const { value } of map.items) {
    const parts = isSeq(value) ? value.items : [value];
    for (const part of parts) {
      if (!isMap(part)) continue;
      if (['$env', '$file', '$secretRef'].some((key) => part.has(key))) flow(part, WIDTH / 2);
      else references(part as YAMLMap);
    }
  }
}

function flow(value: unknown, room: number): void {
  if (!isMap(value) && !isSeq(value)) return;
  // A comment inside would end up in the middle of a line.
  if (hasComment(value)) return;
  if (JSON.stringify(value.toJSON()).length <= room - 8) value.flow = true;
}

function hasComment(value: YAMLMap | YAMLSeq): boolean {
  let found = false;
  visit(value, (_key, node) => {
    if (isNode(node) && (node.comment || node.commentBefore)) found = true;
  });
  return found;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key): [string, Json] => [key, sorted(value[key]!)]),
  );
}
