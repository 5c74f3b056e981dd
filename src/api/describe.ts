/** Values in the words of a sentence about them. */

const LONGEST_TEXT = 80;

/** `a list`, `true`, `"text"`: what a value is, short enough for a message. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return `a ${typeof value}`;
  return JSON.stringify(shortened(value));
}

const LONGEST_SENTENCE = 1_000;

/** A sentence that has texts of users in it, without the line breaks and control characters that those may have, and not endless. */
export function inOneLine(sentence: string): string {
  const cut = sentence.length > LONGEST_SENTENCE ? `${sentence.slice(0, LONGEST_SENTENCE)}…` : sentence;
  return cut.replaceAll(/[\s\p{Cc}]+/gu, ' ');
}

/** As {@link describe}, but a number, boolean or null as it is `written` in the file, where that is known. */
export function describeWritten(value: unknown, written: string | undefined): string {
  const isPlain = typeof value === 'number' || typeof value === 'boolean' || value === null;
  return isPlain && written !== undefined && written !== '' ? shortened(written) : describe(value);
}

/**
 * ` Put it in quotes.` with its leading blank, for a value that YAML takes for something other than text; else nothing. Of a
 * boolean that is `written` as another word (`n`, `on`), what it is taken for.
 */
export function quoteHint(value: unknown, written: string | undefined): string {
  if (typeof value === 'number') return ' Put it in quotes.';
  if (typeof value !== 'boolean') return '';
  const isPlain = written === undefined || written.toLowerCase() === String(value);
  return isPlain ? ' Put it in quotes.' : ` YAML reads it as ${String(value)}. Put it in quotes.`;
}

function shortened(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
