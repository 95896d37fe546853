import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { parseSync } from '@swc/core';
import { statement } from '../harness/statement.js';
import { connectorFile } from '../harness/workspace.js';

/** Lengths of worst cases, in characters. The short one comes first: what is quadratic shows there already. */
const SHORT = 10_000;
const WHOLE = 1_000_000;
/** A text of a sixteenth of the length takes a linear expression a sixteenth of the time, a quadratic one a 256th. */
const PART = 16;
const LARGEST_RATIO = 64;
/** Below this CPU time, in ms, a ratio would say more of the machine than of the expression. */
const FLOOR_MS = 5;
/** A try is given up after so many ms, of which a linear one takes some thousandth, and made once more with more time. */
const HANG_MS = [1000, 5000] as const;
/** Time of a try that was given up. */
const HANGS = Number.POSITIVE_INFINITY;
/** A verdict of so many measurements counts only when all agree: a machine may do other work during one. */
const VERDICTS = 3;
/** The best of so many tries counts. */
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

/** Texts on which the time of a regular expression grows faster than they do, each with its place. */
export function slowCases(regex: RegExp, place: string): readonly string[] {
  const tell = ({ once, unit }: WorstCase) =>
    `${place} ${regex} on ${JSON.stringify(once)} and ${JSON.stringify(unit)} repeated`;
  const cases: { readonly worst: WorstCase; readonly ms: number }[] = [];
  for (const worst of worstCases(regex.source)) {
    const ms = timeOf(regex, worst, SHORT, 1);
    if (ms === HANGS || (ms > FLOOR_MS && growsTooFast(regex, worst, SHORT))) return [tell(worst)];
    cases.push({ worst, ms });
  }
  // What grows faster than the text is among the slowest already on short ones.
  const slowest = [...cases].sort((a, b) => b.ms - a.ms).slice(0, 3);
  return slowest.flatMap(({ worst }) => (growsTooFast(regex, worst, WHOLE) ? [tell(worst)] : []));
}

/** Compares a text with a part of it, so that the verdict is the same on a slow machine as on a fast one. */
function growsTooFast(regex: RegExp, worst: WorstCase, length: number): boolean {
  for (let verdict = 0; verdict < VERDICTS; verdict += 1) if (!looksTooFast(regex, worst, length)) return false;
  return true;
}

function looksTooFast(regex: RegExp, worst: WorstCase, length: number): boolean {
  const whole = timeOf(regex, worst, length, TRIES);
  if (whole === HANGS) return true;
  return whole > FLOOR_MS && whole > LARGEST_RATIO * timeOf(regex, worst, Math.ceil(length / PART), TRIES);
}

/** CPU time in ms on a worst case with ends that match nothing; infinite when a try was given up. */
function timeOf(regex: RegExp, { once, unit }: WorstCase, length: number, tries: number): number {
  const body = once + unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  const ends = ['', '\n', '\u0000'].map((end) => body + end);
  let best = Number.POSITIVE_INFINITY;
  for (let done = 0; done < tries; done += 1) {
    best = Math.min(best, Math.max(...ends.map((text) => tryOnce(regex, text))));
    if (best === HANGS) break;
  }
  return best;
}

const WITH_LIMIT = vm.createContext({});
const TEST = new vm.Script('regex.test(text)');

function tryOnce(regex: RegExp, text: string): number {
  regex.lastIndex = 0;
  Object.assign(WITH_LIMIT, { regex, text });
  for (const timeout of HANG_MS) {
    const before = process.cpuUsage();
    try {
      TEST.runInContext(WITH_LIMIT, { timeout });
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    } catch {
      // The limit is one of the wall clock.
    }
  }
  return HANGS;
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
