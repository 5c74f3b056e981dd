/** Finds names in an error message, in one pass over the message for any number of names. Knows words, but no resources. */
import { CUT_MARK } from '../wire/words.js';

/** A word, with dots inside it, or any other character. Names and messages are split alike. */
const PIECE = /[\w|/-]+(?:\.[\w|/-]+)*|[^]/g;
const ONE_WORD = /^[\w|/-]+(?:\.[\w|/-]+)*$/;

/** Names with the same number of pieces. */
interface Group {
  readonly names: Set<string>;
  readonly lengths: Set<number>;
}

export class NameIndex {
  /** By number of pieces. Nearly all names are a single piece. */
  readonly #groups = new Map<number, Group>();

  constructor(names: Iterable<string>) {
    for (const name of names) if (name !== '') this.#add(name);
  }

  #add(name: string): void {
    const pieces = ONE_WORD.test(name) ? 1 : (name.match(PIECE)?.length ?? 0);
    const group = this.#groups.get(pieces) ?? { names: new Set<string>(), lengths: new Set<number>() };
    group.names.add(name);
    group.lengths.add(name.length);
    this.#groups.set(pieces, group);
  }

  /** The names that the message contains as whole words. */
  in(message: string): ReadonlySet<string> {
    const text = withoutCut(message);
    const ends = pieceEnds(text);
    const last = text === message ? ends.length : endsBeforeCut(ends, text);
    const found = new Set<string>();
    for (const [pieces, group] of this.#groups)
      for (let piece = pieces - 1; piece < last; piece += 1) {
        const [start, end] = [ends[piece - pieces] ?? 0, ends[piece] ?? 0];
        if (!group.lengths.has(end - start)) continue;
        const name = text.slice(start, end);
        if (group.names.has(name) && standsAlone(text, start, end)) found.add(name);
      }
    return found;
  }
}

function withoutCut(message: string): string {
  return message.endsWith(CUT_MARK) ? message.slice(0, -CUT_MARK.length) : message;
}

function pieceEnds(text: string): readonly number[] {
  const ends: number[] = [];
  for (const { index, 0: piece } of text.matchAll(PIECE)) ends.push(index + piece.length);
  return ends;
}

/** The number of pieces that end before the cut. A piece at the cut may be the beginning of a longer name. */
function endsBeforeCut(ends: readonly number[], text: string): number {
  const cut = text.endsWith('.') ? text.length - 1 : text.length;
  return ends.filter((end) => end < cut).length;
}

/** A dot between characters of names is a part of the name. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  return !/[\w|/-]\.?$/.test(before) && !/^\.?[\w|/-]/.test(text.slice(end, end + 2));
}
