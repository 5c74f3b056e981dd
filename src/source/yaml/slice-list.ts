/**
 * Cuts a `List` in YAML's block style into its items, so that each is parsed by itself: a list is as long as a cluster is large,
 * and the syntax tree of all of it at once would be a hundred times as large. Whatever does not look like the lists that tools
 * write is left whole.
 */
import { isMapping } from './metadata.js';
import { parseText } from './parse.js';
import { type Slice, nextLine } from './slice.js';

const KIND_LINE = /^kind:[ \t]+["']?List["']?[ \t]*(?:#.*)?\r?$/mu;
const ITEMS_LINE = /^items:[ \t]*(?:#.*)?\r?\n/mu;
/** An alias may refer to an anchor in another item. */
const ALIAS = /[\s,[{]\*[^\s*]/u;
const BLANK_OR_COMMENT = /^[ \t]*(?:#.*)?\r?\n?$/u;

/** The items of a list, each as a YAML list of one; or the document itself. */
export function sliceList(document: Slice): readonly Slice[] {
  const { text } = document;
  const items = ITEMS_LINE.exec(text);
  if (items === null || !KIND_LINE.test(text) || ALIAS.test(text)) return [document];
  const start = items.index + items[0].length;
  const { slices, end } = cutItems(text, start, document.line + text.slice(0, start).split('\n').length - 1);
  return slices.length > 0 && isListHeader(text.slice(0, items.index) + text.slice(end)) ? slices : [document];
}

interface Cut {
  readonly slices: readonly Slice[];
  /** Where the lines begin that belong to no item. */
  readonly end: number;
}

/** Items begin with a dash in the column of the first one's; lines that are indented less, or as much, end the last. */
function cutItems(text: string, start: number, firstLine: number): Cut {
  const begins: { readonly line: number; readonly offset: number }[] = [];
  let [indent, offset] = [-1, start];
  for (let line = firstLine; offset < text.length; line++) {
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
  const slices = begins.map(({ line, offset: from }, i): Slice => {
    return { line, text: text.slice(from, begins[i + 1]?.offset ?? offset), item: true };
  });
  return { slices, end: offset };
}

/** What is left of a list without its items. */
function isListHeader(text: string): boolean {
  const { value } = parseText(text);
  return isMapping(value) && value['kind'] === 'List' && value['items'] === undefined;
}
