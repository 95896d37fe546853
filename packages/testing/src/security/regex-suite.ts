import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { parseSync } from '@swc/core';
import { statement } from '../harness/statement.js';
import { connectorFile } from '../harness/workspace.js';

/** Length of a worst case, in characters, and the longest time for it, in ms: linear expressions take a few. */
const WHOLE = { length: 1_000_000, limitMs: 1000 };
/** A short one first: linear expressions take less than 1 ms, quadratic ones half a second. */
const PROBE = { length: 40_000, limitMs: 60 };
/** The best of so many tries counts, since the machine does other things too. */
const TRIES = 3;

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

/** A worst case: a unit that is repeated, behind a text that stands once. */
interface WorstCase {
  readonly once: string;
  readonly unit: string;
}

/** Texts on which a regular expression takes longer than it may, each with its place. */
export function slowCases(regex: RegExp, place: string): readonly string[] {
  const tell = ({ once, unit }: WorstCase) =>
    `${place} ${regex} on ${JSON.stringify(once)} and ${JSON.stringify(unit)} repeated`;
  const cases = worstCases(regex.source).map((worst) => ({ worst, ms: timeOf(regex, worst, PROBE) }));
  const slow = cases.filter(({ ms }) => ms > PROBE.limitMs);
  if (slow.length > 0) return slow.map(({ worst }) => tell(worst));
  // What grows faster than the text is among the slowest already on short ones.
  const slowest = [...cases].sort((a, b) => b.ms - a.ms).slice(0, 3);
  return slowest.flatMap(({ worst }) => (timeOf(regex, worst, WHOLE) > WHOLE.limitMs ? [tell(worst)] : []));
}

/** Time in ms on a worst case with ends that match nothing; a try is stopped at the limit. */
function timeOf(regex: RegExp, { once, unit }: WorstCase, { length, limitMs }: typeof WHOLE): number {
  const body = once + unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  const ends = ['', '\n', '\u0000'].map((end) => body + end);
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES && best > limitMs; tries += 1) {
    best = Math.min(best, Math.max(...ends.map((text) => tryOnce(regex, text, limitMs))));
  }
  return best;
}

const WITH_LIMIT = vm.createContext({});
const TEST = new vm.Script('regex.test(text)');

function tryOnce(regex: RegExp, text: string, limitMs: number): number {
  regex.lastIndex = 0;
  Object.assign(WITH_LIMIT, { regex, text });
  const started = performance.now();
  try {
    TEST.runInContext(WITH_LIMIT, { timeout: limitMs + 20 });
  } catch {
    return Number.POSITIVE_INFINITY;
  }
  return performance.now() - started;
}

const SIGNS = ['a', 'A', '0', '_', '-', '.', '/', ' ', '\t', '"', '\\', ':', '=', '<', '{', '[', '(', '\u00e9'];

/**
 * Cases that make an expression start anew at every place, or try every way to part one stretch: signs that its classes
 * take, and its own literal parts, alone, in pairs, and once before a repeated sign.
 */
function worstCases(source: string): readonly WorstCase[] {
  const literals = source
    .replace(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, '(')
    .replace(/\[(?:\\.|[^\]\\])*\]|\\[a-zA-Z](?:\{[^}]*\})?/g, ' ')
    .split(/[\s()|*+?.^${}]+/)
    .map((part) => part.replaceAll('\\', ''))
    .filter((part) => part !== '');
  const parts = [...new Set(literals)].slice(0, 12);
  const pairs = parts.flatMap((part) => [part, ...['a', '0', ' ', '_'].map((sign) => part + sign)]);
  const units = [...new Set([...SIGNS, ...pairs, parts.join(''), parts.join('a')])].filter((unit) => unit !== '');
  const behind = parts.slice(0, 6).flatMap((once) => ['a', '0', ' ', '_'].map((unit) => ({ once, unit })));
  return [...units.map((unit) => ({ once: '', unit })), ...behind];
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
