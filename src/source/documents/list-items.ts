/**
 * Splits a `List` in YAML's block style into its items, so that each is parsed separately: a list can contain a whole cluster,
 * and its syntax tree takes a hundred times the memory of its text. Lists in an unusual format are not split.
 */
import { isMapping } from './metadata.js';
import { LARGEST_SYNTAX_LIMITS } from '../yaml/limits.js';
import { parseText } from '../yaml/parse.js';
import { NO_POOL } from '../yaml/value-pool.js';
import { type DocumentText, nextLine } from './document-texts.js';

const KIND_LINE = /^kind:[ \t]+["']?List["']?[ \t]*(?:#.*)?\r?$/mu;
const ITEMS_LINE = /^items:[ \t]*(?:#.*)?\r?\n/mu;
/** An alias may refer to an anchor in another item. */
const ALIAS = /[\s,[{]\*[^\s*]/u;
const BLANK_OR_COMMENT = /^[ \t]*(?:#.*)?\r?\n?$/u;

/**
 * The items of a list, each as a YAML list of one; or the document itself if it is not split.
 * @param limit when a list has more items, one more than these is returned.
 */
export function* splitListItems(document: DocumentText, limit = Infinity): Generator<void, readonly DocumentText[]> {
  const { text } = document;
  const header = ITEMS_LINE.exec(text);
  if (header === null || !KIND_LINE.test(text) || ALIAS.test(text)) return [document];
  const start = header.index + header[0].length;
  const firstLine = document.line + text.slice(0, start).split('\n').length - 1;
  const { items, end } = yield* splitItems({ text, start, limit, firstLine });
  if (items.length > limit) return items;
  return items.length > 0 && isListHeader(text.slice(0, header.index) + text.slice(end)) ? items : [document];
}

/** Number of lines per step. */
const LINES_PER_STEP = 1_000;

interface ItemSearch {
  readonly text: string;
  /** The offset of the line after `items:`. */
  readonly start: number;
  readonly firstLine: number;
  readonly limit: number;
}

interface SplitList {
  readonly items: readonly DocumentText[];
  /** The offset after the last item. */
  readonly end: number;
}

/** Items start with a dash in the column of the first dash. Other lines in that column, or left of it, end the list. */
function* splitItems({ text, start, firstLine, limit }: ItemSearch): Generator<void, SplitList> {
  const begins: { readonly line: number; readonly offset: number }[] = [];
  let [indent, offset] = [-1, start];
  for (let line = firstLine; offset < text.length && begins.length <= limit; line++) {
    if (line % LINES_PER_STEP === 0) yield;
    const next = nextLine(text, offset);
    const content = text.slice(offset, next);
    if (!BLANK_OR_COMMENT.test(content)) {
      const depth = content.search(/[^ ]/u);
      if (begins.length === 0) indent = depth;
      if (depth === indent && /^ *-\s/u.test(content)) begins.push({ line, offset });
      else if (depth <= indent) break;
    }
    offset = next;
  }
  const items = begins.map(({ line, offset: from }, i): DocumentText => {
    return { line, text: text.slice(from, begins[i + 1]?.offset ?? offset), item: true };
  });
  return { items, end: offset };
}

/** Whether a text is a list without its items. */
function isListHeader(text: string): boolean {
  const { value } = parseText(text, NO_POOL, LARGEST_SYNTAX_LIMITS);
  return isMapping(value) && value['kind'] === 'List' && value['items'] === undefined;
}
