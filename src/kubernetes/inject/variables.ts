/**
 * References to environment variables of a container, which kubelet expands in its arguments. Texts with a `$` of their own are escaped.
 * https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
import { isDataMapping } from '../edits/data.js';

const [OPEN, CLOSE] = ['\u0001', '\u0002'];
// eslint-disable-next-line no-control-regex
const REFERENCE = /\u0001(\w+)\u0002/gu;

/** A reference to a variable within a value for {@link withReferences}. */
export function variable(name: string): string {
  return `${OPEN}${name}${CLOSE}`;
}

/** The value as kubelet has to read it: references as `$(NAME)`, every other `$` as `$$`. */
export function withReferences(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$').replaceAll(REFERENCE, '$$($1)');
  if (Array.isArray(value)) return value.map(withReferences);
  if (!isDataMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [escaped(key), withReferences(item)]));
}

function escaped(key: string): string {
  return key.replaceAll('$', '$$$$');
}
