/** Values in the words of a sentence about them. */

const LONGEST_TEXT = 80;

/** `a list`, `true`, `"text"`: what a value is, short enough for a message. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value as number | boolean);
  return JSON.stringify(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value);
}

/** ` Put it in quotes.` with its leading blank, for a value that YAML takes for something other than text; else nothing. */
export function quoteHint(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? ' Put it in quotes.' : '';
}
