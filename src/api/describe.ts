/** Values in the words of a sentence about them. */

const LONGEST_TEXT = 80;

/** `a list`, `true`, `"text"`: what a value is, short enough for a message. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return `a ${typeof value}`;
  return JSON.stringify(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value);
}

const LONGEST_SENTENCE = 1_000;

/** A sentence that has texts of users in it, without the line breaks and control characters that those may have, and not endless. */
export function inOneLine(sentence: string): string {
  const cut = sentence.length > LONGEST_SENTENCE ? `${sentence.slice(0, LONGEST_SENTENCE)}…` : sentence;
  return cut.replaceAll(/[\s\p{Cc}]+/gu, ' ');
}

/** ` Put it in quotes.` with its leading blank, for a value that YAML takes for something other than text; else nothing. */
export function quoteHint(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? ' Put it in quotes.' : '';
}
