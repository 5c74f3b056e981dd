/**
 * A provider that answers each name of a virtual host that an Envoy asks for. It answers a host that does not exist too, with a virtual host that
 * responds 404: Envoy holds back a request until the answer, and takes a removal for none.
 */
import type { Collection, EncodedResource, OpenCollection, ResourceProvider, XdsNode } from '../../src/xds/index.js';
import { HOST_TYPE } from './messages.js';

export class OnDemandHosts implements ResourceProvider {
  readonly #others: ResourceProvider;
  readonly #answer: (asked: string) => EncodedResource;
  readonly #open = new Map<Collection, Set<string>>();

  /** `others`: has all other types. `answer`: called for each name when a first client asks for it. */
  constructor(others: ResourceProvider, answer: (asked: string) => EncodedResource) {
    this.#others = others;
    this.#answer = answer;
  }

  viewOf(node: XdsNode, typeUrl: string): string {
    return this.#others.viewOf(node, typeUrl);
  }

  open(collection: Collection): OpenCollection | undefined {
    if (collection.typeUrl !== HOST_TYPE) return this.#others.open(collection);
    const names = new Set<string>();
    this.#open.set(collection, names);
    return {
      want: (name) => {
        names.add(name);
        collection.set(this.#answer(name));
      },
      unwant: (name) => {
        names.delete(name);
        collection.delete(name);
      },
      close: () => void this.#open.delete(collection),
    };
  }

  /** Answers this name again, to the clients that have asked for it. */
  changed(name: string): void {
    for (const [collection, names] of this.#open) if (names.has(name)) collection.set(this.#answer(name));
  }
}
