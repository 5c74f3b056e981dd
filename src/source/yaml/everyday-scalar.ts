/** Scalars of one line. */
import type { Interner } from './interner.js';
import { plainScalar } from './plain-scalar.js';
import { giveUp } from './unusual.js';

/** The value of a plain scalar, which is not empty. */
export function plainValue(source: string, intern: Interner): unknown {
  const value = plainScalar(source);
  return typeof value === 'string' ? intern.text(value) : value;
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
