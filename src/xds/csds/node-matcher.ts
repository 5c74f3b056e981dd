/**
 * Selects the nodes of a request.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/node.proto
 */
import type { XdsNode } from '../wire/xds-node.js';
import { type StringMatcher, stringMatches } from './string-matcher.js';
import { type ValueMatcher, valueMatches } from './value-matcher.js';

interface StructMatcher {
  /** Keys from the outermost to the innermost. */
  readonly path: readonly { readonly key: string }[];
  readonly value: ValueMatcher | null;
}

export interface NodeMatcher {
  readonly nodeId: StringMatcher | null;
  /** All of them must match. */
  readonly nodeMetadatas: readonly StructMatcher[];
}

type Matches = (node: XdsNode) => boolean;

/** Whether one of the matchers matches a node. Without matchers, every node matches. @throws StreamError for an unsupported matcher. */
export function nodeMatches(matchers: readonly NodeMatcher[]): Matches {
  if (matchers.length === 0) return () => true;
  const alternatives = matchers.map(compile);
  return (node) => alternatives.some((matches) => matches(node));
}

function compile({ nodeId, nodeMetadatas }: NodeMatcher): Matches {
  const idMatches = nodeId === null ? () => true : stringMatches(nodeId);
  const metadata = nodeMetadatas.map(({ path, value }) => ({ path, matches: valueMatches(value) }));
  return (node) => idMatches(node.id) && metadata.every(({ path, matches }) => matches(valueAt(node.metadata, path)));
}

/** `undefined` if the path does not exist. */
function valueAt(metadata: unknown, path: StructMatcher['path']): unknown {
  let value = metadata;
  for (const { key } of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key))
      return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
