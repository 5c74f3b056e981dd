/**
 * Shares equal texts. A piece that was cut out of a larger text keeps all of that in memory, and resources say the same few
 * words over and over; what went through here does neither.
 */

/** Gives the text itself, or an equal one that was there before. */
export type Intern = (text: string) => string;

/** Leaves texts as they are, for what is not kept. */
export const asIs: Intern = (text) => text;

export interface InternerOptions {
  /** How many texts are remembered at least; up to twice as many may be. Default 4096. */
  readonly capacity?: number;
  /** Texts of more UTF-16 code units are not remembered. Default 128. */
  readonly longest?: number;
}

/** An interner that forgets what has not been asked for in a while. */
export function createInterner({ capacity = 4096, longest = 128 }: InternerOptions = {}): Intern {
  let young = new Map<string, string>();
  let old: ReadonlyMap<string, string> = new Map();
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const whole = old.get(text) ?? detached(text);
    if (text.length > longest) return whole;
    if (young.size >= capacity) [young, old] = [new Map<string, string>(), young];
    young.set(whole, whole);
    return whole;
  };
}

/** A copy that is not a view into another text. A pass through JSON keeps halves of surrogate pairs, too. */
function detached(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
