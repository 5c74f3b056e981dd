/** The annotation in which inject notes what it has added to a Pod. */
import { isDataMapping } from '../edits/data.js';
import type { AddedHostnames } from './host-aliases.js';
import { INJECTED_ANNOTATION } from './options.js';

/** `{"hostAliases":{"127.0.0.1":["reviews-failover.bookinfo.global"]}}` */
export function writeRecord(added: AddedHostnames): string {
  return JSON.stringify({ hostAliases: added });
}

/** `undefined` if nothing was injected; `invalid` if somebody else wrote the annotation. */
export function readRecord(annotations: unknown): AddedHostnames | 'invalid' | undefined {
  const text = isDataMapping(annotations) ? annotations[INJECTED_ANNOTATION] : undefined;
  if (text === undefined) return undefined;
  const value = parsed(text);
  const added = isDataMapping(value) ? value['hostAliases'] : undefined;
  return isDataMapping(added) && Object.values(added).every(isTextList) ? (added as AddedHostnames) : 'invalid';
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
