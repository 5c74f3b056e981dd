/**
 * An expression as Envoy passes it to RE2, which reads bytes as characters (Latin-1). Unlike `re2js`, it accepts `\C` and duplicate
 * names of groups, and rejects code points above 0xff.
 */

export interface Re2Text {
  /** The end of a sentence about an error that `re2js` does not detect. */
  readonly problem?: string;
  /** The whole expression, for `re2js`. */
  readonly whole: string;
  /** The part that RE2 compiles: it matches the literals directly after `^` separately. */
  readonly rest: string;
  /** The sum of all counted repetitions, a lower bound of the size of the program. */
  readonly repetitions: number;
}

/** The tokens of an expression, in order of precedence: opaque parts first. */
const token =
  /\\Q[^]*?(?:\\E|$)|\\x\{([0-9A-Fa-f]*)\}|\\[^]|(\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\])|\(\?P?<(\w+)>|\{(\d+)(?:,(\d*))?\}/g;
const codePoint = /\\x\{([0-9A-Fa-f]+)\}|\\[^]/g;
const LARGEST_CODE_POINT = 0xff;

export function readRe2Text(expression: string): Re2Text {
  let problem: string | undefined;
  let repetitions = 0;
  const names = new Set<string>();
  const whole = Buffer.from(expression)
    .toString('latin1')
    .replaceAll(token, (found, code?: string, chars?: string, name?: string, least?: string, most?: string) => {
      const codes = chars === undefined ? [code] : [...chars.matchAll(codePoint)].map(([, inClass]) => inClass);
      problem ??= codes.map(codeProblem).find((sentence) => sentence !== undefined);
      if (least !== undefined) repetitions += countOf(least, most);
      if (name !== undefined) return groupOf(name, found, names);
      return found === '\\C' ? '(?s:.)' : found;
    });
  return { ...(problem !== undefined && { problem }), whole, repetitions, rest: withoutPrefix(whole) };
}

function codeProblem(code: string | undefined): string | undefined {
  if (code === undefined || code === '' || parseInt(code, 16) <= LARGEST_CODE_POINT) return undefined;
  return `it has \\x{${code}}: Envoy takes code points up to \\x{ff} only; write the character itself`;
}

/** Once is what everything is matched. */
function countOf(least: string, most: string | undefined): number {
  const count = Number(most === undefined || most === '' ? least : most);
  return count > 1 ? count : 0;
}

/** Removes a duplicate name and keeps the group. */
function groupOf(name: string, found: string, names: Set<string>): string {
  if (names.has(name)) return '(';
  names.add(name);
  return found;
}

const prefix = /^(\(\?[is]+\))?\^+((?:[^\\.[\](){}*+?|^$]|\\[^0-9A-Za-z])+)/;

/** Keeps the last literal if it is repeated, and all literals if the expression has alternatives, which may be in the prefix. */
function withoutPrefix(text: string): string {
  const [whole = '', flags = '', literals = ''] = prefix.exec(text) ?? [];
  const after = text.slice(whole.length);
  const repeated = /^[*+?{]/.test(after);
  const kept = repeated ? (/(?:\\?[^])$/.exec(literals)?.[0] ?? '') : '';
  if (literals.length === kept.length || hasAlternatives(text)) return text;
  return `${flags}${kept}${after}`;
}

/** At the top, outside of groups. */
function hasAlternatives(text: string): boolean {
  const plain = text.replaceAll(/\\Q[^]*?(?:\\E|$)|\\[^]|\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]/g, '');
  let depth = 0;
  for (const character of plain) {
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) return true;
  }
  return false;
}
