/**
 * The further names by which the resources of one collection may be asked for: their aliases, and for an `xdstp://` name its
 * canonical form and the collection that it belongs to. Nearly always empty, and then it costs nothing. It must not know
 * who asks.
 */
import { NO_NAMES } from './coverage.js';
import type { EncodedResource } from './resource.js';
import { canonicalName, globOf, isXdstpName } from '../protocol/xdstp-name.js';

type Keys = readonly string[];

const NO_KEYS: Keys = [];
/** How many aliases that a resource has lost are remembered for clients that lag behind. */
const MAX_LOST = 1024;

export class AliasIndex {
  /** By name of a resource, deleted ones that are remembered too. */
  readonly #keys = new Map<string, Keys>();
  /** By key, the names of resources. */
  readonly #names = new Map<string, Set<string>>();
  /** By name, the keys that it does not have any more, and since which sequence number. */
  readonly #lost = new Map<string, Map<string, number>>();

  /** No resource has another name than its own. */
  get empty(): boolean {
    return this.#keys.size === 0;
  }

  /** Whether one of these names stands for this resource, other than by being its name. */
  matches(name: string, names: ReadonlySet<string>): boolean {
    const keys = this.#keys.get(name) ?? ownKeys(name);
    return keys.length > 0 && keys.some((key) => names.has(key));
  }

  /** Whether one of these names stood for this resource until a change after `seq`. */
  lostSince(name: string, names: ReadonlySet<string>, seq: number): boolean {
    for (const [key, at] of this.#lost.get(name) ?? []) if (at > seq && names.has(key)) return true;
    return false;
  }

  /** Names of the resources that these names stood for until a change after `seq`, and perhaps do again. */
  *lost(names: ReadonlySet<string>, seq: number): Generator<string, void> {
    for (const name of this.#lost.keys()) if (this.lostSince(name, names, seq)) yield name;
  }

  /** These names, and those of the resources that they stand for; each once. */
  resolve(names: ReadonlySet<string>): Iterable<string> {
    if (this.empty) return names;
    const resolved = new Set(names);
    for (const name of names) for (const other of this.#names.get(name) ?? NO_NAMES) resolved.add(other);
    return resolved;
  }

  /** Names of the resources for which this name stands as a further name. */
  standsFor(name: string): ReadonlySet<string> {
    return this.#names.get(name) ?? NO_NAMES;
  }

  /**
   * The resource of this name is this one from now on, or deleted, and keeps its keys then. Returns the keys that it had
   * before. `lostAt`: the sequence number that its other keys are lost with.
   */
  update(name: string, resource: EncodedResource | undefined, lostAt: number): Keys {
    const before = this.#keys.get(name) ?? NO_KEYS;
    if (resource === undefined) return before;
    const after = keysOf(resource);
    if (before.length === 0 && after.length === 0) return NO_KEYS;
    this.#unlink(name, before);
    if (after.length > 0) this.#keys.set(name, after);
    for (const key of after) this.#namesOf(key).add(name);
    this.#lose(name, before, after, lostAt);
    return before;
  }

  /** Nobody needs to know of this deleted name any more. */
  forget(name: string): void {
    this.#unlink(name, this.#keys.get(name) ?? NO_KEYS);
    this.#lost.delete(name);
  }

  #lose(name: string, before: Keys, after: Keys, seq: number): void {
    const lost = this.#lost.get(name) ?? new Map<string, number>();
    for (const key of after) lost.delete(key);
    for (const key of before) if (!after.includes(key)) lost.set(key, seq);
    for (const key of lost.keys()) {
      if (lost.size <= MAX_LOST) break;
      lost.delete(key);
    }
    if (lost.size > 0) this.#lost.set(name, lost);
    else this.#lost.delete(name);
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
export function keysOf({ name, aliases }: EncodedResource): Keys {
  const own = ownKeys(name);
  return aliases.length === 0 ? own : [...new Set([...own, ...aliases.map(canonicalName)])];
}

/** What a name implies, whether there is such a resource or not. */
function ownKeys(name: string): Keys {
  return isXdstpName(name) ? [canonicalName(name), globOf(name)] : NO_KEYS;
}
