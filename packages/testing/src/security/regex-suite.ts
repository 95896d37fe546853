import fs from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { statement } from '../harness/statement.js';
import { connectorFile } from '../harness/workspace.js';

/** Length of a worst case, in characters. */
const LENGTH = 1_000_000;
/** Longest time for one text, in ms: linear ones take a few, quadratic ones minutes. */
const LIMIT_MS = 1000;
/** A first, short text: what is slow on it would never end on the long one. */
const PROBE_LENGTH = 20_000;
const PROBE_LIMIT_MS = 100;

/** A regular expression of the source text. */
interface FoundRegex {
  readonly place: string;
  readonly pattern: string;
  readonly flags: string;
}

/** every regular expression of a connector and of what it is built on takes linear time on 1 MB worst cases. */
export function regexSuite(
  profile: { readonly bypass?: Readonly<Record<string, string>> },
  folders: readonly string[],
): void {
  statement(
    'X-10',
    'every regular expression takes linear time on its worst cases of 1 MB',
    profile.bypass,
    async () => {
      const found = folders.flatMap((folder) => regexesIn(connectorFile(folder, 'src')));
      expect(found.length).toBeGreaterThan(5);
      expect(found.flatMap(({ place, pattern, flags }) => slowCases(new RegExp(pattern, flags), place))).toEqual([]);
    },
  );
}

/** Texts on which a regular expression takes longer than it may, each with its place. */
export function slowCases(regex: RegExp, place: string): readonly string[] {
  return worstCases(regex.source).flatMap((unit) => {
    for (const [length, limit] of [
      [PROBE_LENGTH, PROBE_LIMIT_MS],
      [LENGTH, LIMIT_MS],
    ] as const) {
      for (const end of ['', '\n', '!', '\u0000']) {
        const text = unit.repeat(Math.ceil(length / unit.length)).slice(0, length) + end;
        const started = performance.now();
        regex.lastIndex = 0;
        regex.test(text);
        const took = performance.now() - started;
        if (took > limit)
          return [`${place} ${regex} takes ${Math.round(took)} ms on ${JSON.stringify(unit)} x ${length}`];
      }
    }
    return [];
  });
}

/**
 * Units that, repeated, make an expression start anew at every place: signs that its classes take, and its own literal
 * parts, alone and in pairs.
 */
function worstCases(source: string): readonly string[] {
  const literals = source
    .replace(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, '(')
    .replace(/\[(?:\\.|[^\]\\])*\]|\\[a-zA-Z](?:\{[^}]*\})?/g, ' ')
    .split(/[\s()|*+?.^${}]+/)
    .map((part) => part.replaceAll('\\', ''))
    .filter((part) => part !== '');
  const signs = [
    'a',
    'A',
    '0',
    '1',
    '_',
    '-',
    '.',
    '/',
    ' ',
    '\t',
    '"',
    '\\',
    ':',
    '=',
    '<',
    '{',
    '[',
    '(',
    '\u00e9',
    '9',
  ];
  const parts = [...new Set(literals)].slice(0, 12);
  const pairs = parts.flatMap((part) => [part, ...['a', '0', ' ', '_'].map((sign) => part + sign)]);
  return [...new Set([...signs, ...pairs, parts.join(''), parts.join('a')])].filter((unit) => unit !== '');
}

function regexesIn(folder: string): readonly FoundRegex[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .flatMap((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const found: FoundRegex[] = [];
      collect(parseSync(fs.readFileSync(file, 'utf8'), { syntax: 'typescript' }), path.relative(folder, file), found);
      return found;
    });
}

function collect(node: unknown, place: string, found: FoundRegex[]): void {
  if (Array.isArray(node)) {
    for (const part of node) collect(part, place, found);
  } else if (typeof node === 'object' && node !== null) {
    const { type, pattern, flags } = node as Partial<FoundRegex> & { readonly type?: string };
    if (type === 'RegExpLiteral' && pattern !== undefined) found.push({ place, pattern, flags: flags ?? '' });
    for (const part of Object.values(node)) collect(part, place, found);
  }
}
