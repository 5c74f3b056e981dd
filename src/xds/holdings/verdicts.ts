/**
 * What clients said of versions: who refused one, and whether somebody accepted it. The table outlives streams, so that a
 * client that comes back is not sent again what it refused. It knows names and versions, and nobody who holds them.
 */
import type { Refusal } from './exception.js';
import type { EncodedResource } from '../resources/resource.js';

/** Refused versions that are remembered; the oldest that nobody is subscribed to is forgotten first. */
const MAX_VERDICTS = 4096;
/** Clients of which it is remembered that they refused one version. */
const MAX_REFUSERS = 1024;

/** A response that a client accepted; one object for all who are sent the same. */
export interface Accepted {
  readonly resources: readonly EncodedResource[];
}

/** By name, the versions that one client refused. */
export type RefusedVersions = ReadonlyMap<string, ReadonlySet<string>>;

export const NONE_REFUSED: RefusedVersions = new Map();

/** A version that some client refused. */
export interface Verdict {
  readonly resource: EncodedResource;
  /** By identity of the client. */
  readonly refusers: Map<string, Refusal>;
  /** Whether some client accepted it. */
  accepted: boolean;
  /** What was shown instead when it was refused first: for views that have nothing better. */
  instead: EncodedResource | undefined;
}

export class Verdicts {
  /** By type and name, by version. */
  readonly #names = new Map<string, Map<string, Verdict>>();
  /** By identity of the client and type: what it refused. Replaced when it changes. */
  readonly #byClient = new Map<string, RefusedVersions>();
  readonly #accepted = new WeakSet<EncodedResource>();
  readonly #acceptedResponses = new WeakSet<Accepted>();
  #size = 0;

  /** Nobody refused anything. */
  get empty(): boolean {
    return this.#size === 0;
  }

  of({ typeUrl, name, version }: EncodedResource): Verdict | undefined {
    return this.#size === 0 ? undefined : this.#names.get(keyOf(typeUrl, name))?.get(version);
  }

  /** Whether somebody accepted this very object. */
  isAccepted(resource: EncodedResource): boolean {
    return this.#accepted.has(resource) || this.of(resource)?.accepted === true;
  }

  /** What this client refused of a type; the same object while it is the same. */
  refusedBy(identity: string, typeUrl: string): RefusedVersions {
    return this.#byClient.size === 0 ? NONE_REFUSED : (this.#byClient.get(keyOf(typeUrl, identity)) ?? NONE_REFUSED);
  }

  /** A client accepted this response. Calls back for each version that another client refused, and nobody accepted before. */
  accept(response: Accepted, vindicated: (resource: EncodedResource) => void): void {
    if (this.#acceptedResponses.has(response)) return;
    this.#acceptedResponses.add(response);
    for (const resource of response.resources) {
      this.#accepted.add(resource);
      const verdict = this.of(resource);
      if (verdict === undefined || verdict.accepted) continue;
      verdict.accepted = true;
      vindicated(resource);
    }
  }

  /** Returns the verdict if this is the first refusal of the version. */
  refuse(identity: string, resource: EncodedResource, refusal: Refusal): Verdict | undefined {
    const known = this.of(resource);
    const verdict = known ?? {
      resource,
      refusers: new Map<string, Refusal>(),
      accepted: this.#accepted.has(resource),
      instead: undefined,
    };
    if (verdict.refusers.size < MAX_REFUSERS && !verdict.refusers.has(identity)) {
      verdict.refusers.set(identity, refusal);
      this.#note(identity, resource, true);
    }
    if (known !== undefined) return undefined;
    this.#add(verdict);
    return verdict;
  }

  /** Versions of this name that were refused. */
  versionsOf(typeUrl: string, name: string): Iterable<Verdict> {
    return this.#names.get(keyOf(typeUrl, name))?.values() ?? [];
  }

  /** Everything about versions, the oldest first. */
  *all(): Generator<Verdict, void> {
    for (const versions of this.#names.values()) yield* versions.values();
  }

  forget({ resource: { typeUrl, name, version } }: Verdict): void {
    const key = keyOf(typeUrl, name);
    const versions = this.#names.get(key);
    const known = versions?.get(version);
    if (versions === undefined || known === undefined) return;
    versions.delete(version);
    this.#size -= 1;
    if (versions.size === 0) this.#names.delete(key);
    for (const identity of known.refusers.keys()) this.#note(identity, known.resource, false);
  }

  #note(identity: string, { typeUrl, name, version }: EncodedResource, refused: boolean): void {
    const key = keyOf(typeUrl, identity);
    const names = new Map(this.#byClient.get(key));
    const versions = new Set(names.get(name));
    if (refused) versions.add(version);
    else versions.delete(version);
    if (versions.size > 0) names.set(name, versions);
    else names.delete(name);
    if (names.size > 0) this.#byClient.set(key, names);
    else this.#byClient.delete(key);
  }

  /** Forgets the oldest that are not in use, while there are too many. */
  trim(inUse: (verdict: Verdict) => boolean): void {
    if (this.#size <= MAX_VERDICTS) return;
    for (const verdict of [...this.all()]) {
      if (this.#size <= MAX_VERDICTS) return;
      if (!inUse(verdict)) this.forget(verdict);
    }
  }

  #add(verdict: Verdict): void {
    const { typeUrl, name, version } = verdict.resource;
    const key = keyOf(typeUrl, name);
    const versions = this.#names.get(key) ?? new Map<string, Verdict>();
    this.#names.set(key, versions.set(version, verdict));
    this.#size += 1;
  }
}

function keyOf(typeUrl: string, name: string): string {
  return `${typeUrl}\n${name}`;
}
