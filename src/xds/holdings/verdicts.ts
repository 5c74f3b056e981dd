/**
 * The verdicts of clients about versions: who rejected a version, and whether somebody accepted it. They outlive streams, so that a
 * rejected version is not sent again after a reconnect. Knows names and versions, but not which client holds them.
 */
import type { EncodedResource } from '../resources/resource.js';

/** Limit of remembered rejected versions. The oldest without a subscription is forgotten first. */
const MAX_VERDICTS = 4096;
/** Limit of remembered clients for one version. */
const MAX_REJECTERS = 1024;
/** Limit of remembered clients for all versions together. */
const MAX_REJECTIONS = 65_536;

/** An accepted response. All streams that are sent the same response share the object. */
export interface Accepted {
  readonly resources: readonly EncodedResource[];
}

/** The versions that one client rejected. A change gives a new object. */
export interface RejectedVersions {
  has(name: string, version: string): boolean;
}

export const NONE_REJECTED: RejectedVersions = { has: () => false };

/** By name, the versions that one client rejected. */
type VersionsByName = Map<string, Set<string>>;

/** A version that some client rejected. */
export interface Verdict {
  readonly resource: EncodedResource;
  /** Identities of the clients. */
  readonly rejecters: Set<string>;
  /** Whether some client accepted it. */
  accepted: boolean;
  /** The version that was shown instead at the first NACK, for views without a better one. */
  instead: EncodedResource | undefined;
}

const NOTHING: readonly EncodedResource[] = [];

export class Verdicts {
  /** By type and name, then by version. */
  readonly #names = new Map<string, Map<string, Verdict>>();
  /** By identity of the client and type: the rejected versions. */
  readonly #byClient = new Map<string, VersionsByName>();
  /** The same for streams. Computed on demand after a change. */
  readonly #seen = new Map<string, RejectedVersions>();
  readonly #accepted = new WeakSet<EncodedResource>();
  readonly #acceptedResponses = new WeakSet<Accepted>();
  #size = 0;
  #nacks = 0;

  /** Whether no version was rejected. */
  get empty(): boolean {
    return this.#size === 0;
  }

  of({ typeUrl, name, version }: EncodedResource): Verdict | undefined {
    return this.#size === 0 ? undefined : this.#names.get(keyOf(typeUrl, name))?.get(version);
  }

  /** Whether some client accepted this object. */
  isAccepted(resource: EncodedResource): boolean {
    return this.#accepted.has(resource) || this.of(resource)?.accepted === true;
  }

  /** The versions of a type that this client rejected. The same object while they do not change. */
  rejectedBy(identity: string, typeUrl: string): RejectedVersions {
    if (this.#byClient.size === 0) return NONE_REJECTED;
    const key = keyOf(typeUrl, identity);
    const versions = this.#byClient.get(key);
    if (versions === undefined) return NONE_REJECTED;
    const known = this.#seen.get(key);
    if (known !== undefined) return known;
    const seen = { has: (name: string, version: string) => versions.get(name)?.has(version) === true };
    this.#seen.set(key, seen);
    return seen;
  }

  /** A client accepted this response. Returns its versions that another client rejected and that nobody accepted before. */
  accept(response: Accepted): readonly EncodedResource[] {
    if (this.#acceptedResponses.has(response)) return NOTHING;
    this.#acceptedResponses.add(response);
    const firstAccepted: EncodedResource[] = [];
    for (const resource of response.resources) {
      this.#accepted.add(resource);
      const verdict = this.of(resource);
      if (verdict === undefined || verdict.accepted) continue;
      verdict.accepted = true;
      firstAccepted.push(resource);
    }
    return firstAccepted;
  }

  /** Returns the verdict if this is the first NACK of the version. */
  reject(identity: string, resource: EncodedResource): Verdict | undefined {
    const known = this.of(resource);
    const verdict = known ?? {
      resource,
      rejecters: new Set<string>(),
      accepted: this.#accepted.has(resource),
      instead: undefined,
    };
    const full = verdict.rejecters.size >= MAX_REJECTERS || this.#nacks >= MAX_REJECTIONS;
    if (!full && !verdict.rejecters.has(identity)) {
      verdict.rejecters.add(identity);
      this.#nacks += 1;
      this.#note(identity, resource, true);
    }
    if (known !== undefined) return undefined;
    this.#add(verdict);
    return verdict;
  }

  /** The verdicts about rejected versions of this name. */
  versionsOf(typeUrl: string, name: string): Iterable<Verdict> {
    return this.#names.get(keyOf(typeUrl, name))?.values() ?? [];
  }

  /** All verdicts, the oldest first. */
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
    this.#nacks -= known.rejecters.size;
    for (const identity of known.rejecters) this.#note(identity, known.resource, false);
  }

  #note(identity: string, { typeUrl, name, version }: EncodedResource, rejected: boolean): void {
    const key = keyOf(typeUrl, identity);
    const names: VersionsByName = this.#byClient.get(key) ?? new Map<string, Set<string>>();
    const versions = names.get(name) ?? new Set<string>();
    this.#seen.delete(key);
    if (rejected) versions.add(version);
    else versions.delete(version);
    if (versions.size > 0) names.set(name, versions);
    else names.delete(name);
    if (names.size > 0) this.#byClient.set(key, names);
    else this.#byClient.delete(key);
  }

  /** Forgets the oldest verdicts that are not in use, while there are too many. */
  trim(inUse: (verdict: Verdict) => boolean): void {
    const full = (): boolean => this.#size > MAX_VERDICTS || this.#nacks >= MAX_REJECTIONS;
    if (!full()) return;
    for (const verdict of [...this.all()]) {
      if (!full()) return;
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
