/**
 * Scalars of one line, as the core schema of YAML 1.2 reads them: https://yaml.org/spec/1.2.2/#103-core-schema. What is rare,
 * such as numbers that are not plain decimals, is given up.
 */
import type { Interner } from './interner.js';
import { giveUp } from './unusual.js';

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ...['null', 'Null', 'NULL', '~'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);
const LONGEST_WORD = 5;

/** Decimals that every reader of numbers takes for the same. */
const DECIMAL = /^(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,9})?$/u;

/** Whatever the core schema might take for a number, and a little more. */
const NUMBER = /^[-+]?(?:0[ox]|\.?[0-9]+(?:\.[0-9]*)?(?:[eE]|$)|\.(?:inf|nan)$)/iu;
const BEFORE_LETTERS = 64;

/** The value of a plain scalar, which is not empty. */
export function plainValue(source: string, intern: Interner): unknown {
  if (source.length <= LONGEST_WORD) {
    const word = WORDS.get(source);
    if (word !== undefined) return word;
  }
  if (source.charCodeAt(0) >= BEFORE_LETTERS || !NUMBER.test(source)) return intern.text(source);
  return DECIMAL.test(source) ? Number(source) : giveUp();
}

/** The offset of the quote that ends the quoted scalar which begins at an offset. Escapes and more lines are given up. */
export function closingQuote(text: string, start: number, end: number): number {
  const quote = text[start] ?? '';
  const close = text.indexOf(quote, start + 1);
  if (close < 0 || close >= end) return giveUp();
  const escaped = quote === '"' ? hasBackslash(text, start, close) : text[close + 1] === quote;
  return escaped ? giveUp() : close;
}

function hasBackslash(text: string, from: number, to: number): boolean {
  const at = text.indexOf('\\', from);
  return at >= 0 && at < to;
}
