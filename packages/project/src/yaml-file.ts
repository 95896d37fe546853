import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import type { Json, JsonObject } from '@cuttle/protocol';
import { isJsonObject } from '@cuttle/protocol';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';
import { type Diagnostic, errorAt, type Position } from './diagnostic.js';
import { KeyIndex, repeatedKeys } from './yaml-keys.js';

/** Files above this are refused before they are read, in bytes. */
const MAX_FILE_BYTES = 5 * 1024 * 1024;

/** How often one file may be enlarged by aliases before it is taken for a bomb. */
const MAX_ALIASES = 100;

/** Syntax errors shown of one document: behind the first few there are only consequences. */
const MAX_SYNTAX_ERRORS = 20;

const TOO_DEEP = 'The document is nested too deeply.';

/** Where in a document: keys and list indexes from the top. */
export type DocumentPath = readonly (string | number)[];

/** One YAML document as data, with the place of each of its parts. */
export interface YamlDocument {
  readonly file: string;
  readonly value: JsonObject;
  /** Where the value at a path begins; the nearest part that exists when the path does not. */
  at(path: DocumentPath): Position;
  /** Where the key at the end of a path stands; for list entries and the top it is `at`. */
  keyAt(path: DocumentPath): Position;
}

/** What a file held; documents with errors are left out. */
export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a file of YAML documents.
 *
 * Refused with file and line: files over 5 MB, invalid UTF-8, tabs as indentation, duplicate keys, unknown tags, alias
 * bombs, anchors of another document, numbers that JavaScript would round, documents that are not maps. What the parser
 * only warns about counts as an error.
 */
export function readYamlFile(path: string, shownAs: string): YamlFile {
  const start = { file: shownAs, line: 1, column: 1 };
  let bytes: Buffer;
  try {
    const found = fs.statSync(path);
    // Reading a pipe would wait for whoever writes to it.
    if (!found.isFile()) return refuse(start, 'DOCUMENT_UNREADABLE', 'It is no file.');
    const { size } = found;
    if (size > MAX_FILE_BYTES) return refuse(start, 'DOCUMENT_TOO_LARGE', tooLarge(size));
    bytes = fs.readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(start, 'DOCUMENT_UNREADABLE', `The file cannot be read: ${reason}.`);
  }
  return parseYamlBytes(bytes, shownAs);
}

/** {@link readYamlFile} for bytes that are already here. */
export function parseYamlBytes(bytes: Buffer, file: string): YamlFile {
  const start = { file, line: 1, column: 1 };
  if (bytes.length > MAX_FILE_BYTES) return refuse(start, 'DOCUMENT_TOO_LARGE', tooLarge(bytes.length));
  if (!isUtf8(bytes)) {
    return refuse(
      invalidUtf8(bytes, file),
      'DOCUMENT_NOT_UTF8',
      'The text is not valid UTF-8. Save the file as UTF-8.',
    );
  }
  const lines = new LineCounter();
  try {
    // The parser compares each key of a map with all before it; duplicates are looked for below, in one pass.
    const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false };
    const parsed = parseAllDocuments(bytes.toString('utf8'), options);
    const results = [...parsed].map((document) => convert(document, file, lines));
    return {
      documents: results.flatMap((result) => result.documents),
      diagnostics: results.flatMap((result) => result.diagnostics),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(start, 'DOCUMENT_TOO_DEEP', TOO_DEEP);
  }
}

function tooLarge(size: number): string {
  return `The file has ${size} bytes; at most ${MAX_FILE_BYTES} are read.`;
}

function refuse(position: Position, code: string, message: string): YamlFile {
  return { documents: [], diagnostics: [errorAt(position, code, message)] };
}

function invalidUtf8(bytes: Buffer, file: string): Position {
  let line = 1;
  let start = 0;
  for (;;) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    if (newline < 0 || !isUtf8(bytes.subarray(start, end))) {
      const text = bytes.toString('utf8', start, end);
      return { file, line, column: Math.max(1, text.indexOf('\ufffd') + 1) };
    }
    line += 1;
    start = newline + 1;
  }
}

function convert(document: Document.Parsed, file: string, lines: LineCounter): YamlFile {
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = [...document.errors, ...document.warnings];
  const tooDeep = problems.find((problem) => problem.code === 'RESOURCE_EXHAUSTION');
  if (tooDeep !== undefined) return refuse(at(tooDeep.pos[0]), 'DOCUMENT_TOO_DEEP', TOO_DEEP);
  const syntax = problems
    .slice(0, MAX_SYNTAX_ERRORS)
    .map((problem) => errorAt(at(problem.pos[0]), `YAML_${problem.code}`, explain(problem.code, problem.message)));
  const found = syntax.length > 0 ? syntax : [...refusedNodes(document, at)];
  if (found.length > 0) return { documents: [], diagnostics: found };
  const top = document.contents;
  // An empty document: a file that begins or ends with `---`, or holds comments only.
  if (top === null || (isScalar(top) && top.value === null)) return { documents: [], diagnostics: [] };
  const start = at(top.range?.[0] ?? 0);
  const value = toData(document);
  if (value instanceof Error) return refuse(start, 'YAML_ALIAS_BOMB', 'Aliases make this document too large.');
  if (!isJsonObject(value)) {
    return refuse(start, 'DOCUMENT_NOT_A_MAP', 'A document must be a map that begins with `kind:`.');
  }
  const keys = new KeyIndex();
  const node = (path: DocumentPath, wantKey: boolean): Position => at(offsetOf(document, path, wantKey, keys));
  return {
    documents: [{ file, value, at: (path) => node(path, false), keyAt: (path) => node(path, true) }],
    diagnostics: [],
  };
}

function toData(document: Document.Parsed): Json | Error {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as Json;
  } catch (error) {
    if (error instanceof ReferenceError) return error;
    throw error;
  }
}

function explain(code: string, message: string): string {
  if (code === 'TAB_AS_INDENT') return 'A tab is used as indentation; use spaces.';
  if (code === 'TAG_RESOLVE_FAILED') {
    return `${message.replace(/\.$/, '')}. Tags are not used here; references are objects such as { $env: NAME }.`;
  }
  return `${message.replace(/\.$/, '')}.`;
}

/** What the parser lets through and we do not. */
function* refusedNodes(document: Document.Parsed, at: (offset: number) => Position): Iterable<Diagnostic> {
  const found: Diagnostic[] = [];
  visit(document, {
    Alias: (_key, node) => {
      if (node.resolve(document) === undefined) {
        const message = `The alias *${node.source} has no anchor before it in this document.`;
        found.push(errorAt(at(node.range?.[0] ?? 0), 'YAML_UNKNOWN_ALIAS', message));
      }
    },
    Map: (_key, map) => {
      for (const key of repeatedKeys(map)) {
        found.push(errorAt(at(key.range?.[0] ?? 0), 'YAML_DUPLICATE_KEY', 'This map has the same key twice.'));
      }
    },
    Pair: (_key, pair) => {
      if (isScalar(pair.key)) return;
      const offset = (pair.key as Node | null)?.range?.[0] ?? 0;
      found.push(errorAt(at(offset), 'YAML_KEY_NOT_TEXT', 'A key must be a plain text.'));
    },
    Scalar: (_key, node) => {
      const problem = inexact(node.value, node.source ?? '');
      if (problem !== undefined) found.push(errorAt(at(node.range?.[0] ?? 0), 'YAML_NUMBER_INEXACT', problem));
    },
  });
  yield* found;
}

function inexact(value: unknown, source: string): string | undefined {
  if (typeof value === 'bigint') return 'This number is too large to be kept exactly. Write it in quotes.';
  if (typeof value !== 'number') return undefined;
  if (/^[-+]?0[0-9]+$/.test(source))
    return 'A number with a leading zero is ambiguous. Write it in quotes, or as 0o17.';
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return 'This number is too large to be kept exactly. Write it in quotes.';
  }
  return Number.isFinite(value) ? undefined : 'This number cannot be written as JSON. Write it in quotes.';
}

/** Offset of the value (or of its key) at a path; the nearest part above when the path leads nowhere. */
function offsetOf(document: Document.Parsed, path: DocumentPath, wantKey: boolean, keys: KeyIndex): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) {
      node = node.items[Number(part)];
    } else if (isMap(node)) {
      const pair = keys.find(node, String(part));
      const key = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
      if (pair === undefined) return offset;
      if (wantKey && index === path.length - 1) return key ?? offset;
      offset = key ?? offset;
      node = pair.value;
    } else {
      return offset;
    }
    offset = (node as Node | null | undefined)?.range?.[0] ?? offset;
  }
  return offset;
}
