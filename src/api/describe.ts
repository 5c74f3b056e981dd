/** Formats values for messages. */

const LONGEST_TEXT = 80;

/** A short description of a value: `a list`, `true`, `"text"`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return `a ${typeof value}`;
  return JSON.stringify(shortened(value));
}

const LONGEST_SENTENCE = 1_000;

/** Limits the length of a sentence that quotes texts of users, and replaces their line breaks and control characters by blanks. */
export function inOneLine(sentence: string): string {
  const cut = sentence.length > LONGEST_SENTENCE ? `${sentence.slice(0, LONGEST_SENTENCE)}…` : sentence;
  return cut.replaceAll(/[\s\p{Cc}]+/gu, ' ');
}

/** Like {@link describe}, but prints a number, boolean or null as it is `written` in the file, if that is known. */
export function describeWritten(value: unknown, written: string | undefined): string {
  const isPlain = typeof value === 'number' || typeof value === 'boolean' || value === null;
  return isPlain && written !== undefined && written !== '' ? shortened(written) : describe(value);
}

/**
 * A hint with a leading blank, ` Put it in quotes.`, for a number or boolean, which YAML may have read instead of a string. Otherwise
 * empty. If a boolean is `written` as another word (`n`, `on`), the hint also says how YAML reads it.
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
