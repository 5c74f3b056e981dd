/**
 * The further names by which the resources of one collection may be asked for: their aliases, and for an `xdstp://` name its
 * canonical form and the collection that it belongs to. Nearly always empty, and then it costs nothing. It must not know
 * who asks.
 */
import { NO_NAMES } from './coverage.js';
import type { EncodedResource } from './resource.js';
import { canonicalXdsName, globOf, isXdstpName } from '../protocol/xdstp-name.js';

type Keys = readonly string[];

const NO_KEYS: Keys = [];
export class AliasIndex {
  /** By name of a resource, deleted ones that are remembered too. */
  readonly #keys = new Map<string, Keys>();
  /** By key, the names of resources. */
  readonly #names = new Map<string, Set<string>>();

  /** No resource has another name than its own. */
  get empty(): boolean {
    return this.#keys.size === 0;
  }

  /** Whether one of these names is an alias of this resource. */
  matches(name: string, names: ReadonlySet<string>): boolean {
    const keys = this.#keys.get(name) ?? ownKeys(name);
    return keys.length > 0 && keys.some((key) => names.has(key));
  }

  /** These names and the names of the resources that they are aliases of, without duplicates. */
  resolve(names: ReadonlySet<string>): Iterable<string> {
    if (this.empty) return names;
    const resolved = new Set(names);
    for (const name of names) for (const other of this.#names.get(name) ?? NO_NAMES) resolved.add(other);
    return resolved;
  }

  /** Names of the resources that this name is an alias of. */
  standsFor(name: string): ReadonlySet<string> {
    return this.#names.get(name) ?? NO_NAMES;
  }

  /** The resource of this name is this one from now on. A deleted one keeps its keys until it is forgotten. */
  update(name: string, resource: EncodedResource | undefined): void {
    if (resource === undefined) return;
    const before = this.#keys.get(name) ?? NO_KEYS;
    const after = aliasKeysOf(resource);
    if (before.length === 0 && after.length === 0) return;
    this.#unlink(name, before);
    if (after.length > 0) this.#keys.set(name, after);
    for (const key of after) this.#namesOf(key).add(name);
  }

  /** Nobody needs to know of this deleted name any more. */
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

/** The further names of a resource, canonically. */
export function aliasKeysOf({ name, aliases }: EncodedResource): Keys {
  const own = ownKeys(name);
  return aliases.length === 0 ? own : [...new Set([...own, ...aliases.map(canonicalXdsName)])];
}

/** What a name implies, whether there is such a resource or not. */
function ownKeys(name: string): Keys {
  return isXdstpName(name) ? [canonicalXdsName(name), globOf(name)] : NO_KEYS;
}
