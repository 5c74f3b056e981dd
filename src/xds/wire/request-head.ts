/** Reads who asks and for which type, and nothing else of a request. The fields of both kinds of request differ. */
import { WireReader } from './reader.js';

/** Field numbers of DiscoveryRequest and DeltaDiscoveryRequest. */
const FIELDS = { sotw: { node: 2, typeUrl: 4 }, delta: { node: 1, typeUrl: 2 } } as const;

export interface RequestHead {
  readonly typeUrl: string;
  /** The encoded node. `undefined` if absent, or if it is in several parts, which no client sends. */
  readonly node: Buffer | undefined;
}

/** @throws WireError for invalid bytes */
export function decodeRequestHead(bytes: Buffer, mode: keyof typeof FIELDS): RequestHead {
  const fields = FIELDS[mode];
  const reader = new WireReader(bytes);
  const nodes: Buffer[] = [];
  let typeUrl = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 === fields.typeUrl) typeUrl = reader.string(tag);
    else if (tag >>> 3 === fields.node) {
      const start = reader.span(tag);
      nodes.push(bytes.subarray(start, reader.position));
    } else reader.skip(tag);
  }
  return { typeUrl, node: nodes.length === 1 ? nodes[0] : undefined };
}
