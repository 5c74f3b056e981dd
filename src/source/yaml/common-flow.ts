/** Parses flow collections within one line: `{ name: a, ports: [80, 443] }`. It must not know other lines. */
import { closingQuote, plainValue } from './common-scalar.js';
import type { ValuePool } from './value-pool.js';
import { plainKey } from './plain-scalar.js';
import { giveUp } from './uncommon-yaml.js';

/** The line of a value. */
export interface FlowLine {
  readonly text: string;
  /** The offset of the end of the line in the text. */
  readonly end: number;
  readonly pool: ValuePool;
}

/** A value and the offset after it. */
export interface FlowValue {
  readonly value: unknown;
  readonly next: number;
}

const KEY = /(?:([A-Za-z0-9_][A-Za-z0-9_./-]{0,250})|"([^"\\\n]{0,250})"): +/uy;
const PLAIN = /(?:[A-Za-z0-9_/~]|\.[A-Za-z0-9_/]|-[A-Za-z0-9.])(?:[^\n,[\]{}:#]|:(?=[A-Za-z0-9/_]))*/uy;
const SPACE = 32;

/** Texts with deeper nesting are left to the full parser, which enforces the limit. */
export const MAX_COMMON_DEPTH = 50;

/** Parses the collection or scalar that starts at an offset of a line. */
export function flowValue(line: FlowLine, at: number, depth: number): FlowValue {
  if (depth > MAX_COMMON_DEPTH) return giveUp();
  const first = line.text[at];
  if (first === '{') return flowMapping(line, at, depth);
  if (first === '[') return flowSequence(line, at, depth);
  return first === '"' || first === "'" ? flowQuoted(line, at) : flowPlain(line, at);
}

function flowMapping(line: FlowLine, start: number, depth: number): FlowValue {
  const { text } = line;
  const result: Record<string, unknown> = {};
  let at = skipSpaces(text, start + 1);
  if (text[at] === '}') return { value: line.pool.mapping(result), next: at + 1 };
  for (;;) {
    KEY.lastIndex = at;
    const match = KEY.exec(text);
    if (match === null) return giveUp();
    const key = match[1] === undefined ? (match[2] ?? '') : plainKey(match[1]);
    const { value, next } = flowValue(line, KEY.lastIndex, depth + 1);
    setEntry(result, key, value);
    at = skipSpaces(text, next);
    if (text[at] === '}') return { value: line.pool.mapping(result), next: at + 1 };
    if (text[at] !== ',') return giveUp();
    at = skipSpaces(text, at + 1);
  }
}

function flowSequence(line: FlowLine, start: number, depth: number): FlowValue {
  const { text } = line;
  const items: unknown[] = [];
  let at = skipSpaces(text, start + 1);
  if (text[at] === ']') return { value: Object.freeze(items), next: at + 1 };
  for (;;) {
    const { value, next } = flowValue(line, at, depth + 1);
    items.push(value);
    at = skipSpaces(text, next);
    if (text[at] === ']') return { value: Object.freeze([...items]), next: at + 1 };
    if (text[at] !== ',') return giveUp();
    at = skipSpaces(text, at + 1);
  }
}

function flowQuoted({ text, end, pool }: FlowLine, at: number): FlowValue {
  const close = closingQuote(text, at, end);
  return { value: pool.text(text.slice(at + 1, close)), next: close + 1 };
}

function flowPlain({ text, pool }: FlowLine, at: number): FlowValue {
  PLAIN.lastIndex = at;
  const match = PLAIN.exec(text);
  return match === null ? giveUp() : { value: plainValue(match[0].trimEnd(), pool), next: PLAIN.lastIndex };
}

/** Adds an entry to a mapping. Gives up on keys that need a finding. */
export function setEntry(mapping: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__' || Object.hasOwn(mapping, key)) giveUp();
  mapping[key] = value;
}

export function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === SPACE) at++;
  return at;
}
