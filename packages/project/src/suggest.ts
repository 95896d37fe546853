/** Longest texts that are compared; a longer one is never a slip of the finger. */
const MAX_COMPARED = 64;

/**
 * The candidate that was probably meant, or undefined when none is near.
 * Near is: equal without case and punctuation, or at most a third of the length in single edits (a swap of two counts as
 * one). The nearest wins; of equally near ones the first in the list.
 *
 * Cost: candidates x length squared, lengths at most 64.
 */
export function suggest(wrong: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    if (candidate === wrong) continue;
    const distance = fold(candidate) === fold(wrong) ? 0 : editDistance(wrong.toLowerCase(), candidate.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(wrong.length, candidate.length) / 3));
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` Did you mean "x"?`, or the list of what exists when it is short, or an empty text. */
export function didYouMean(wrong: string, candidates: Iterable<string>): string {
  const known = [...candidates];
  const meant = suggest(wrong, known);
  if (meant !== undefined) return ` Did you mean "${meant}"?`;
  if (known.length === 0 || known.length > 12) return '';
  return ` Known: ${known.map((name) => `"${name}"`).join(', ')}.`;
}

function fold(text: string): string {
  return text.toLowerCase().replace(/[\s_-]/g, '');
}

/** Edits (insert, delete, replace, swap of neighbours) that make `b` of `a`; texts over 64 characters are infinitely far. */
export function editDistance(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length > MAX_COMPARED || b.length > MAX_COMPARED) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replace, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
