/** Suggestions ("Did you mean …"): finds the known word that is most similar to an unknown one. */

/** Longer words are not compared, because the time is proportional to the product of the lengths. */
const LONGEST_WORD = 64;

/** The most similar candidate, or `undefined` if none is similar enough. Ignores case, `_` and `-`. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const plain = simplify(word);
  let best: { readonly candidate: string; readonly edits: number } | undefined;
  for (const candidate of candidates) {
    const edits = editDistance(plain, simplify(candidate));
    if (edits <= maxEdits(candidate) && (best === undefined || edits < best.edits)) best = { candidate, edits };
  }
  return best?.candidate;
}

/** ` Did you mean "port"?`, with a leading blank. Empty without a suggestion. */
export function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`;
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[_-]/gu, '');
}

function maxEdits(candidate: string): number {
  return Math.min(3, Math.floor(candidate.length / 3));
}

/** The Levenshtein distance, where a swap of two adjacent characters counts as one edit. */
function editDistance(a: string, b: string): number {
  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(previous, j) + 1,
          at(row, j - 1) + 1,
          substitution,
          swapped ? at(beforePrevious, j - 2) + 1 : Infinity,
        ),
      );
    }
    [beforePrevious, previous] = [previous, row];
  }
  return at(previous, b.length);
}

function at(row: readonly number[], i: number): number {
  return row[i] ?? Infinity;
}
