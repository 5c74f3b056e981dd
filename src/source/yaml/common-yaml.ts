/**
 * A parser for the part of YAML that nearly all resources use, about twenty times faster than the full parser: mappings and
 * sequences in block style, flow collections and scalars within one line, and comments. It either reads a text exactly as the
 * full parser does, or gives up.
 */
import { plainValue } from './common-scalar.js';
import { MAX_COMMON_DEPTH, flowValue, setEntry, skipSpaces } from './common-flow.js';
import type { ValuePool } from './value-pool.js';
import { plainKey } from './plain-scalar.js';
import { UncommonYaml, giveUp } from './uncommon-yaml.js';

/** Documents of this many characters cannot exceed the limits of tokens and length. */
const MAX_COMMON_LENGTH = 256 * 1024;

/** Line feeds and printable characters of the Basic Multilingual Plane; no tabs, other blanks or control characters. */
const COMMON_TEXT = /^[\n -~\u00A1-\u167F\u1681-\u1FFF\u2010-\u2027\u2030-\u205E\u2070-\u2FFF\u3001-\uD7FF]*$/u;
const START = '---';
const KEY = /(?:([A-Za-z0-9_][A-Za-z0-9_./-]{0,250})|"([^"\\\n]{0,250})"):(?=[ \n]|$)/uy;
const PLAIN_START = /[A-Za-z0-9_/~+$^;(]|\.[A-Za-z0-9_/]|-[A-Za-z0-9.]/uy;
const HASH = 35;
const DASH = 45;

/** The rest of the current line. */
interface Line {
  readonly text: string;
  readonly pool: ValuePool;
  /** The column of the rest; -1 after the last line. */
  indent: number;
  at: number;
  end: number;
}

/** The frozen value of a document; `undefined` if it is not common YAML, whether it is valid or not. */
export function parseCommonYaml(text: string, pool: ValuePool): unknown {
  if (text.length > MAX_COMMON_LENGTH || !COMMON_TEXT.test(text)) return undefined;
  const line: Line = { text, pool, indent: 0, at: 0, end: -1 };
  try {
    nextContent(line);
    skipStart(line);
    const value = line.indent < 0 ? giveUp() : readBlock(line, 0);
    return line.indent < 0 ? value : undefined;
  } catch (error) {
    if (error instanceof UncommonYaml) return undefined;
    throw error;
  }
}

/** Skips the `---` at the start of a document. */
function skipStart(line: Line): void {
  if (line.indent !== 0 || !line.text.startsWith(START, line.at)) return;
  line.at += START.length;
  if (!isAtEnd(line)) giveUp();
  nextContent(line);
}

/** Moves to the next line that is neither blank nor a comment. */
function nextContent(line: Line): void {
  const { text } = line;
  for (let start = line.end + 1; start < text.length; start = line.end + 1) {
    const feed = text.indexOf('\n', start);
    line.end = feed < 0 ? text.length : feed;
    line.at = skipSpaces(text, start);
    line.indent = line.at - start;
    if (line.at < line.end && text.charCodeAt(line.at) !== HASH) return;
  }
  line.indent = -1;
}

/**
 * Reads the block collection that starts at the current column, with all its lines. Other values are rare on a line of their
 * own, and may continue on the next lines, so `otherwise` gives up by default.
 */
function readBlock(line: Line, depth: number, otherwise: typeof readInline = giveUp): unknown {
  if (depth > MAX_COMMON_DEPTH) return giveUp();
  if (isItem(line)) return readSequence(line, depth);
  const key = readKey(line);
  return key === undefined ? otherwise(line, depth) : readMapping(line, key, depth);
}

function readMapping(line: Line, firstKey: string, depth: number): unknown {
  const { indent } = line;
  const result: Record<string, unknown> = {};
  for (let key: string | undefined = firstKey; ; key = readKey(line)) {
    if (key === undefined) return giveUp();
    setEntry(result, key, readEntry(line, indent, depth));
    if (line.indent < indent) return line.pool.mapping(result);
    if (line.indent > indent) return giveUp();
  }
}

/** The value of a key. A sequence may start in the column of its key. */
function readEntry(line: Line, indent: number, depth: number): unknown {
  if (!isAtEnd(line)) return readInline(line, depth + 1);
  nextContent(line);
  if (line.indent > indent) return readBlock(line, depth + 1);
  return line.indent === indent && isItem(line) ? readSequence(line, depth + 1) : null;
}

function readSequence(line: Line, depth: number): unknown {
  const { indent } = line;
  const items: unknown[] = [];
  while (line.indent === indent && isItem(line)) {
    items.push(readItem(line, indent, depth));
    if (line.indent > indent) return giveUp();
  }
  return Object.freeze([...items]);
}

function readItem(line: Line, indent: number, depth: number): unknown {
  const dash = line.at;
  line.at = dash + 1;
  if (isAtEnd(line)) {
    nextContent(line);
    return line.indent > indent ? readBlock(line, depth + 1) : null;
  }
  line.at = skipSpaces(line.text, line.at);
  line.indent = indent + line.at - dash;
  return readBlock(line, depth + 1, readInline);
}

function readInline(line: Line, depth: number): unknown {
  const { text, end } = line;
  const at = skipSpaces(text, line.at);
  const first = text[at];
  if (first === '{' || first === '[' || first === '"' || first === "'") {
    const { value, next } = flowValue(line, at, depth);
    line.at = next;
    if (!isAtEnd(line)) return giveUp();
    nextContent(line);
    return value;
  }
  const value = plainValue(plainSource(text, at, end), line.pool);
  nextContent(line);
  return value;
}

/** A plain scalar up to the end of the line or a comment. */
function plainSource(text: string, at: number, end: number): string {
  PLAIN_START.lastIndex = at;
  if (!PLAIN_START.test(text)) return giveUp();
  const rest = text.slice(at, end);
  const comment = rest.indexOf(' #');
  const source = (comment < 0 ? rest : rest.slice(0, comment)).trimEnd();
  return source.endsWith(':') || source.includes(': ') ? giveUp() : source;
}

/** Reads a key and its colon, if there is one. */
function readKey(line: Line): string | undefined {
  KEY.lastIndex = line.at;
  const match = KEY.exec(line.text);
  if (match === null) return undefined;
  line.at = KEY.lastIndex;
  return match[1] === undefined ? match[2] : plainKey(match[1]);
}

function isItem({ text, at, end }: Line): boolean {
  return text.charCodeAt(at) === DASH && (at + 1 === end || text[at + 1] === ' ');
}

/** Whether the rest of the line is blank or a comment. */
function isAtEnd({ text, at, end }: Line): boolean {
  const next = skipSpaces(text, at);
  return next === end || (next > at && text.charCodeAt(next) === HASH);
}
