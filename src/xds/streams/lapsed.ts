/**
 * Types that a client refused on its last stream. Some versions of Envoy do not ask for clusters again after that
 * (https://github.com/envoyproxy/envoy/issues/34334), and then run on stale ones: that shows as long as they do not ask.
 */
import type { ClientStatus, TypeStatus } from '../subscriptions/status.js';

/** How many nodes are remembered. */
const MAX_NODES = 1024;

export class Lapsed {
  /** By node, by type; the oldest first. */
  readonly #nodes = new Map<string, Map<string, TypeStatus>>();

  get size(): number {
    return this.#nodes.size;
  }

  /** The stream in this state has gone. */
  closed({ node, types }: ClientStatus): void {
    const refused = types.filter(({ error }) => error !== undefined);
    if (refused.length === 0) return;
    const since = Date.now();
    this.#nodes.delete(node.id);
    this.#nodes.set(node.id, new Map(refused.map((type) => [type.typeUrl, { ...type, state: 'STALE', since }])));
    for (const id of this.#nodes.keys()) {
      if (this.#nodes.size <= MAX_NODES) return;
      this.#nodes.delete(id);
    }
  }

  /** The node asked for this type again. */
  asked(nodeId: string, typeUrl: string): void {
    const types = this.#nodes.get(nodeId);
    if (types?.delete(typeUrl) === true && types.size === 0) this.#nodes.delete(nodeId);
  }

  has(nodeId: string, typeUrl: string): boolean {
    return this.#nodes.get(nodeId)?.has(typeUrl) === true;
  }

  /** The types that this node has not asked for again. */
  of(nodeId: string): Iterable<TypeStatus> {
    return this.#nodes.get(nodeId)?.values() ?? [];
  }

  /** The status with the types that its node has not asked for again. */
  complete(status: ClientStatus): ClientStatus {
    const lapsed = [...this.of(status.node.id)];
    return lapsed.length === 0 ? status : { ...status, types: [...status.types, ...lapsed] };
  }
}
