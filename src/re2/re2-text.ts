/**
 * An expression as Envoy hands it to RE2: Envoy's RE2 reads bytes, one character each (Latin-1). It takes two things that `re2js`
 * does not, `\C` and repeated names of groups, and refuses code points above 0xff.
 */

export interface Re2Text {
  /** The end of a sentence about what `re2js` cannot know. */
  readonly problem?: string;
  /** The whole, for `re2js`. */
  readonly whole: string;
  /** What remains to be compiled: RE2 compares literals right after `^` by themselves. */
  readonly rest: string;
  /** The sum of all counted repetitions; the program has at least as many instructions. */
  readonly repetitions: number;
}

/** Parts that must not be looked into, and those that count, in the order of preference. */
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

/** A name that is taken is left out, and the group stays. */
function groupOf(name: string, found: string, names: Set<string>): string {
  if (names.has(name)) return '(';
  names.add(name);
  return found;
}

const prefix = /^(\(\?[is]+\))?\^+((?:[^\\.[\](){}*+?|^$]|\\[^0-9A-Za-z])+)/;

/** The last literal stays if it is repeated, and all do where the expression has alternatives: they may be within the prefix. */
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
