/**
 * The additional names of the resources of one collection: their aliases, and for an `xdstp://` name its canonical form and its collection.
 * Nearly always empty, and then without cost. It must not know subscriptions.
 */
import { NO_NAMES } from './coverage.js';
import type { EncodedResource } from './resource.js';
import { canonicalXdsName, globOf, isXdstpName } from '../protocol/xdstp-name.js';

type Keys = readonly string[];

const NO_KEYS: Keys = [];
export class AliasIndex {
  /** By the name of a resource, including deleted names that are remembered. */
  readonly #keys = new Map<string, Keys>();
  /** By additional name: the names of resources. */
  readonly #names = new Map<string, Set<string>>();

  /** Whether no resource has an additional name. */
  get empty(): boolean {
    return this.#keys.size === 0;
  }

  /** Whether one of `names` is an alias of the resource `name`. */
  matches(name: string, names: ReadonlySet<string>): boolean {
    const keys = this.#keys.get(name) ?? ownKeys(name);
    return keys.length > 0 && keys.some((key) => names.has(key));
  }

  /** These names, and the names of the resources that they are aliases of, without duplicates. */
  resolve(names: ReadonlySet<string>): Iterable<string> {
    if (this.empty) return names;
    const resolved = new Set(names);
    for (const name of names) for (const other of this.#names.get(name) ?? NO_NAMES) resolved.add(other);
    return resolved;
  }

  /** The names of the resources with this alias. */
  standsFor(name: string): ReadonlySet<string> {
    return this.#names.get(name) ?? NO_NAMES;
  }

  /** Sets the resource of this name. A deleted resource keeps its additional names until it is forgotten. */
  update(name: string, resource: EncodedResource | undefined): void {
    if (resource === undefined) return;
    const before = this.#keys.get(name) ?? NO_KEYS;
    const after = aliasKeysOf(resource);
    if (before.length === 0 && after.length === 0) return;
    this.#unlink(name, before);
    if (after.length > 0) this.#keys.set(name, after);
    for (const key of after) this.#namesOf(key).add(name);
  }

  /** Forgets a deleted name. */
  forget(name: string): void {
    this.#unlink(name, this.#keys.get(name) ?? NO_KEYS);
  }

  #unlink(name: string, keys: Keys): void {
    this.#keys.delete(name);
    for (const key of keys) {
      const names = this.#names.get(key);
      if (names?.delete(name) === true && names.size === 0) this.#names.delete(key);
    }
  }

  #namesOf(key: string): Set<string> {
    const names = this.#names.get(key) ?? new Set<string>();
    this.#names.set(key, names);
    return names;
  }
}

/** The additional names of a resource, in canonical form. */
export function aliasKeysOf({ name, aliases }: EncodedResource): Keys {
  const own = ownKeys(name);
  return aliases.length === 0 ? own : [...new Set([...own, ...aliases.map(canonicalXdsName)])];
}

/** The additional names that follow from a name, even without a resource. */
function ownKeys(name: string): Keys {
  return isXdstpName(name) ? [canonicalXdsName(name), globOf(name)] : NO_KEYS;
}
