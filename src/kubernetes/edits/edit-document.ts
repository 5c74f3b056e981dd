/**
 * Edits the text of a document so that it means something else. Only what differs is written: everything else, with comments, order and
 * style, stays byte for byte. It must not know what documents are about.
 */
import { isMap, isSeq } from 'yaml';
import { composeDocument } from '../../source/yaml/compose.js';
import { parseText } from '../../source/yaml/parse.js';
import { LARGEST_SYNTAX_LIMITS } from '../../source/yaml/limits.js';
import { NO_POOL } from '../../source/yaml/value-pool.js';
import { runToEnd } from '../../turns/run-to-end.js';
import { editValue } from './difference.js';
import { isSameData } from './data.js';
import { Draft } from './draft.js';
import { indentsLists } from './nodes.js';

/**
 * @param text of one document, YAML or JSON, which means `current`.
 * @returns a text that means `target`; `undefined` if the document is written in a way that this cannot edit, such as a change within an anchor
 * that has aliases.
 */
export function editDocument(text: string, current: unknown, target: unknown): string | undefined {
  if (isSameData(current, target)) return text;
  const { document } = runToEnd(composeDocument(text, LARGEST_SYNTAX_LIMITS.depth));
  const root = document?.contents;
  if (!isMap(root) && !isSeq(root)) return undefined;
  const draft = new Draft(text, indentsLists(text, root));
  if (!editValue(draft, root, { current, target })) return undefined;
  const result = draft.result();
  const { value } = parseText(result, NO_POOL, LARGEST_SYNTAX_LIMITS);
  return isSameData(value, target) ? result : undefined;
}
