/**
 * What RE2 makes of an expression, before Envoy is asked: Envoy refuses a whole route configuration for one expression that it
 * cannot compile, and with it the routes of everybody else on that port.
 */

/** Envoy's default of `re2.max_program_size.error_level`; larger programs are refused. */
const largestProgram = 100;
const longestExpression = 1024;
/** RE2's own limit, for nested repetitions multiplied. */
const mostRepetitions = 1000;
/** What every program has besides the expression. */
const emptyProgram = 4;

/** A sentence's end that says why Envoy would refuse the expression (`it …`); `undefined` if it would not. */
export function regexProblem(expression: string): string | undefined {
  if (expression === '') return 'it is empty';
  if (expression.length > longestExpression) return `it is longer than ${longestExpression} characters`;
  const parser = new Parser(expression);
  const size = parser.parse();
  if (typeof size === 'string') return size;
  if (size + emptyProgram <= largestProgram) return undefined;
  return 'it is too large: Envoy takes programs of at most 100 instructions, about as many as the expression has characters with repetitions written out';
}

/** How large the program of a part gets at most, and how often its parts are repeated. */
interface Part {
  readonly size: number;
  readonly repeats: number;
}

class Refusal extends Error {}

const perlClasses: Readonly<Record<string, number>> = { d: 1, D: 9, s: 4, S: 12, w: 4, W: 12, p: 1200, P: 1200 };
const posixClasses = /^\[:\^?(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/;
const hexadecimal = /^x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/;
const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/;
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
const repetition = /^(?:[*+?]|\{(\d+)(,(\d*))?\})/;

/** A recursive descent over https://github.com/google/re2/wiki/Syntax. */
class Parser {
  readonly #text: string;
  readonly #names = new Set<string>();
  #at = 0;
  #foldsCase = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** The size of the program, or why there is none. */
  parse(): number | string {
    try {
      const { size } = this.#alternatives();
      if (this.#at < this.#text.length) throw new Refusal('it has a ) too many');
      return size;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
  }

  #alternatives(): Part {
    let whole = this.#sequence();
    while (this.#take(/^\|/)) {
      const next = this.#sequence();
      whole = { size: whole.size + next.size + 1, repeats: Math.max(whole.repeats, next.repeats) };
    }
    return whole;
  }

  #sequence(): Part {
    let size = 0;
    let repeats = 1;
    while (this.#at < this.#text.length && !/^[|)]/.test(this.#rest())) {
      const atom = this.#atom();
      if (atom === undefined) continue;
      const part = this.#repeated(atom);
      size += part.size;
      repeats = Math.max(repeats, part.repeats);
    }
    return { size, repeats };
  }

  #repeated(atom: Part): Part {
    const found = this.#take(repetition);
    if (!found) return atom;
    this.#take(/^\?/);
    if (repetition.test(this.#rest())) throw new Refusal('it repeats a repetition');
    const [, least, range, most] = found;
    if (least === undefined) return { size: atom.size + 2, repeats: atom.repeats };
    const atLeast = Number(least);
    const atMost = range === undefined ? atLeast : most === undefined || most === '' ? atLeast + 1 : Number(most);
    if (atMost < atLeast) throw new Refusal(`its repetition ${found[0]} ends before it begins`);
    const repeats = atom.repeats * Math.max(1, atMost);
    if (atLeast > mostRepetitions || repeats > mostRepetitions) throw new Refusal('it repeats something more than 1000 times');
    return { size: atom.size * Math.max(1, atMost) + 1 + (atMost - atLeast), repeats };
  }

  /** `undefined` for flags, which match nothing and cannot be repeated. */
  #atom(): Part | undefined {
    if (repetition.test(this.#rest())) throw new Refusal('it repeats nothing');
    if (this.#take(/^\(/)) return this.#group();
    if (this.#take(/^\[/)) return single(this.#characterClass());
    if (this.#take(/^\./)) return single(8);
    if (this.#take(/^[$^]/)) return single(4);
    if (this.#take(/^\\/)) return this.#escape();
    return single(this.#literalSize(this.#character()));
  }

  #group(): Part | undefined {
    const flags = this.#take(/^\?([imsU]*)(?:-[imsU]+)?([:)])/);
    if (flags?.[1]?.includes('i')) this.#foldsCase = true;
    if (flags?.[2] === ')') {
      if (flags[0] === '?)') throw new Refusal('it has flags that are none');
      return undefined;
    }
    if (!flags) this.#name();
    const { size, repeats } = this.#alternatives();
    if (!this.#take(/^\)/)) throw new Refusal('it has a ( that is not closed');
    return { size: size + 2, repeats };
  }

  #name(): void {
    if (!this.#rest().startsWith('?')) return;
    const name = this.#take(/^\?P?<(\w+)>/)?.[1];
    if (name === undefined) throw new Refusal('it uses (?, which RE2 knows only with flags and names: there is no looking ahead or behind');
    if (this.#names.has(name)) throw new Refusal(`it has two groups named ${name}`);
    this.#names.add(name);
  }

  #escape(): Part {
    if (this.#take(/^[Cbz]|^B/)) return single(4);
    if (this.#take(/^A/)) return single(4);
    const quoted = this.#take(/^Q([^]*?)(?:\\E|$)/)?.[1];
    if (quoted !== undefined) return single(Array.from(quoted, (character) => this.#literalSize(character.codePointAt(0) ?? 0)).reduce((sum, size) => sum + size, 0));
    const perl = this.#perlClass();
    return single(perl ?? this.#literalSize(this.#escaped()));
  }

  #perlClass(): number | undefined {
    const name = this.#take(/^[dDsSwW]/)?.[0];
    if (name !== undefined) return (perlClasses[name] ?? 0) * (this.#foldsCase && name === 'W' ? 3 : 1);
    return this.#take(/^[pP](?:[A-Z]|\{\^?\w+\})/) ? perlClasses['p'] : undefined;
  }

  /** The character that an escape stands for. */
  #escaped(): number {
    const hex = this.#take(hexadecimal);
    if (hex) {
      const code = parseInt(hex[1] ?? hex[2] ?? '', 16);
      if (code <= 0x10ffff) return code;
    }
    const digits = this.#take(octal)?.[0];
    if (digits !== undefined) return parseInt(digits, 8);
    const letter = this.#take(/^[afnrtv]/)?.[0];
    if (letter !== undefined) return controls[letter] ?? 0;
    const punctuation = this.#take(/^[^0-9A-Za-z\u0080-\uffff]/)?.[0];
    if (punctuation !== undefined) return punctuation.charCodeAt(0);
    throw new Refusal(`it has \\${this.#rest().slice(0, 1)}, which RE2 does not know`);
  }

  #characterClass(): number {
    const negated = this.#take(/^\^/) !== null;
    let size = negated ? 8 : 0;
    for (let first = true; first || !this.#rest().startsWith(']'); first = false) {
      if (this.#at >= this.#text.length) throw new Refusal('it has a [ that is not closed');
      size += this.#classItem();
    }
    this.#take(/^\]/);
    return Math.max(1, size);
  }

  #classItem(): number {
    const rest = this.#rest();
    if (rest.startsWith('[:') && rest.includes(':]')) {
      if (this.#take(posixClasses)) return 12;
      throw new Refusal('it has a [: :] class that RE2 does not know');
    }
    const set = rest.startsWith('\\') ? this.#classSet() : undefined;
    if (set !== undefined) return set;
    const low = this.#classCharacter();
    const high = this.#take(/^-(?!\])/) ? this.#classCharacter() : low;
    if (high < low) throw new Refusal('it has a range of characters that ends before it begins');
    return (high > 0x7f ? 16 : 1) + (this.#foldsCase ? 6 : 0);
  }

  #classSet(): number | undefined {
    const before = this.#at;
    this.#take(/^\\/);
    const set = this.#perlClass();
    if (set === undefined) this.#at = before;
    return set;
  }

  #classCharacter(): number {
    if (this.#at >= this.#text.length) throw new Refusal('it has a [ that is not closed');
    return this.#take(/^\\/) ? this.#escaped() : this.#character();
  }

  #character(): number {
    const code = this.#text.codePointAt(this.#at) ?? 0;
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #literalSize(code: number): number {
    if (code > 0x7f) return this.#foldsCase ? 16 : 4;
    return this.#foldsCase && /[ks]/i.test(String.fromCharCode(code)) ? 4 : 1;
  }

  #rest(): string {
    return this.#text.slice(this.#at);
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.#rest());
    if (found) this.#at += found[0].length;
    return found;
  }
}

function single(size: number): Part {
  return { size, repeats: 1 };
}
