/** Parses scalars within one line. */
import type { ValuePool } from './value-pool.js';
import { plainScalar } from './plain-scalar.js';
import { giveUp } from './uncommon-yaml.js';

/** The value of a plain scalar that is not empty. */
export function plainValue(source: string, pool: ValuePool): unknown {
  const value = plainScalar(source);
  return typeof value === 'string' ? pool.text(value) : value;
}

/** The offset of the closing quote of the scalar that starts at an offset. Gives up on escapes and on several lines. */
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
