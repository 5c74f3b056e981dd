/**
 * The verdicts of clients about versions: who rejected a version, and who accepted it. They outlive streams, so that a client is not sent
 * again what it rejected when it reconnects. For other clients, the NACK of an authenticated client counts until the version changes. That
 * of another client counts while its stream is open, and until enough clients have accepted the version.
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
  /** Whether one of them is authenticated. */
  authenticated: boolean;
  /** The open streams on which clients that are not authenticated rejected it. */
  readonly streams: Set<object>;
  /** How often clients accepted it, beginning with the response that was rejected first. */
  acceptances: number;
  /** Its NACKs have counted long enough. */
  pardoned: boolean;
  /** Whether some client accepted it. */
  accepted: boolean;
  /** The version that was shown instead at the first NACK, for views without a better one. */
  instead: EncodedResource | undefined;
}

/** A client that rejects a version. */
export interface Rejecter {
  /** The same after a reconnect. */
  readonly identity: string;
  readonly authenticated: boolean;
  /** One object for each stream. */
  readonly stream: object;
}

/** How often a response was accepted. */
interface Acceptance {
  count: number;
  /** Of the verdicts, when they were looked up. */
  generation: number;
  /** About its versions. */
  verdicts: readonly Verdict[];
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
  readonly #acceptances = new WeakMap<Accepted, Acceptance>();
  /** The verdicts that have a stream. */
  readonly #byStream = new Map<object, Set<Verdict>>();
  readonly #acceptancesPerNack: number;
  #size = 0;
  #nacks = 0;
  /** Increases when a verdict is added or forgotten. */
  #generation = 0;

  /** @param acceptancesPerNack so many acceptances outweigh one NACK of a client that is not authenticated. */
  constructor(acceptancesPerNack: number) {
    this.#acceptancesPerNack = acceptancesPerNack;
  }

  /** Whether no version was rejected. */
  get empty(): boolean {
    return this.#size === 0;
  }

  of({ typeUrl, name, version }: EncodedResource): Verdict | undefined {
    return this.#size === 0 ? undefined : this.#names.get(keyOf(typeUrl, name))?.get(version);
  }

  /** Whether other clients are not sent this version because it was rejected. */
  withholds(resource: EncodedResource): boolean {
    const verdict = this.of(resource);
    return verdict !== undefined && this.#counts(verdict);
  }

  #counts({ pardoned, authenticated, streams, acceptances }: Verdict): boolean {
    return !pardoned && (authenticated || acceptances < this.#acceptancesPerNack * streams.size);
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

  /** A client accepted this response. Returns its versions of which other clients may be shown something else now. */
  accept(response: Accepted): readonly EncodedResource[] {
    const acceptance = this.#acceptanceOf(response);
    acceptance.count += 1;
    if (this.#size === 0) return NOTHING;
    // Thousands of clients accept the same response: each costs as much as there are verdicts about it.
    if (acceptance.generation !== this.#generation) {
      acceptance.verdicts = response.resources.flatMap((resource) => this.of(resource) ?? []);
      acceptance.generation = this.#generation;
    }
    return acceptance.verdicts.filter((verdict) => this.#accept(verdict)).map(({ resource }) => resource);
  }

  #acceptanceOf(response: Accepted): Acceptance {
    const known = this.#acceptances.get(response);
    if (known !== undefined) return known;
    for (const resource of response.resources) this.#accepted.add(resource);
    const first = { count: 0, generation: -1, verdicts: [] };
    this.#acceptances.set(response, first);
    return first;
  }

  /** Whether that changes anything. */
  #accept(verdict: Verdict): boolean {
    const [isFirst, counted] = [!verdict.accepted, this.#counts(verdict)];
    verdict.accepted = true;
    verdict.acceptances += 1;
    return isFirst || counted !== this.#counts(verdict);
  }

  /** @param response the one that was rejected. Returns the verdict if this is the first NACK of the version. */
  reject(by: Rejecter, resource: EncodedResource, response?: Accepted): Verdict | undefined {
    const known = this.of(resource);
    const verdict = known ?? {
      resource,
      rejecters: new Set<string>(),
      authenticated: false,
      streams: new Set<object>(),
      acceptances: (response && this.#acceptances.get(response)?.count) ?? 0,
      pardoned: false,
      accepted: this.#accepted.has(resource),
      instead: undefined,
    };
    const full = verdict.rejecters.size >= MAX_REJECTERS || this.#nacks >= MAX_REJECTIONS;
    if (by.authenticated) verdict.authenticated = true;
    else if (!full || verdict.streams.size === 0) this.#addStream(by.stream, verdict);
    if (!full && !verdict.rejecters.has(by.identity)) {
      verdict.rejecters.add(by.identity);
      this.#nacks += 1;
      this.#note(by.identity, resource, true);
    }
    if (known !== undefined) return undefined;
    this.#add(verdict);
    return verdict;
  }

  #addStream(stream: object, verdict: Verdict): void {
    const verdicts = this.#byStream.get(stream) ?? new Set();
    this.#byStream.set(stream, verdicts.add(verdict));
    verdict.streams.add(stream);
  }

  /** The stream has ended. Returns the versions that this affects. */
  leave(stream: object): readonly EncodedResource[] {
    const verdicts = this.#byStream.get(stream);
    if (verdicts === undefined) return NOTHING;
    this.#byStream.delete(stream);
    return [...verdicts].flatMap((verdict) => {
      const counted = this.#counts(verdict);
      verdict.streams.delete(stream);
      return counted === this.#counts(verdict) ? [] : [verdict.resource];
    });
  }

  /** From now on, the NACKs of this version do not count for other clients. Returns whether they did. */
  pardon(verdict: Verdict): boolean {
    if (this.of(verdict.resource) !== verdict || !this.#counts(verdict)) return false;
    verdict.pardoned = true;
    return true;
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
    this.#generation += 1;
    this.#nacks -= known.rejecters.size;
    for (const stream of known.streams) this.#byStream.get(stream)?.delete(known);
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
    this.#generation += 1;
  }
}

function keyOf(typeUrl: string, name: string): string {
  return `${typeUrl}\n${name}`;
}
