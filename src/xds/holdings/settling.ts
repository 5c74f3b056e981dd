/**
 * The decision what one view shows: first of load assignments, then of the clusters that need them, then of the resources that refer to
 * clusters. It depends only on the newest versions, the verdicts, and the versions shown before.
 */
import { type Entry, stillHeld } from '../resources/change-list.js';
import { NO_NAMES } from '../resources/coverage.js';
import type { ResourceHistory } from '../resources/history.js';
import { type EncodedResource, isSameResource } from '../resources/resource.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, USERS_OF_CLUSTERS } from '../protocol/type-urls.js';
import type { Shown, CommittedChanges } from './overlay.js';
import type { Verdicts } from './verdicts.js';

/** Existing names of which no version can be shown. */
export interface WithoutSoundVersion {
  readonly endpoints: ReadonlySet<string>;
  readonly clusters: ReadonlySet<string>;
}

export const ALL_SOUND: WithoutSoundVersion = { endpoints: NO_NAMES, clusters: NO_NAMES };

/** One decision about all names whose shown version may change. */
export class Settling {
  readonly #wave: CommittedChanges;
  readonly #verdicts: Verdicts;
  readonly #overlays: Map<string, Map<string, Shown>>;
  readonly #collections: ReadonlyMap<string, { readonly collection: ResourceHistory }>;
  /** Collections without any decision yet. */
  readonly #fresh: ReadonlySet<ResourceHistory>;
  /** The lowest sequence number that streams of a collection hold. Computed once. */
  readonly #lowest = new Map<ResourceHistory, number>();

  constructor(
    wave: CommittedChanges,
    verdicts: Verdicts,
    overlays: Map<string, Map<string, Shown>>,
    collections: ReadonlyMap<string, { readonly collection: ResourceHistory }>,
    fresh: ReadonlySet<ResourceHistory>,
  ) {
    this.#wave = wave;
    this.#verdicts = verdicts;
    this.#overlays = overlays;
    this.#collections = collections;
    this.#fresh = fresh;
  }

  /** Load assignments first, then clusters, then resources that refer to clusters. Returns the names without a sound version. */
  run(before: WithoutSoundVersion): WithoutSoundVersion {
    const users: ReadonlySet<string> = new Set(USERS_OF_CLUSTERS);
    const next = new Map<ResourceHistory, Decided>();
    const decide = (
      ofType: (typeUrl: string) => boolean,
      lacking: ReadonlySet<string>,
      lackingBefore: ReadonlySet<string>,
    ): void => {
      for (const { collection } of this.#collections.values())
        if (ofType(collection.typeUrl)) next.set(collection, this.#soundOf(collection, lacking, lackingBefore));
    };
    decide((typeUrl) => typeUrl !== CLUSTER && !users.has(typeUrl), NO_NAMES, NO_NAMES);
    const endpoints = this.#lackingOf(CLUSTER_LOAD_ASSIGNMENT, next);
    decide((typeUrl) => typeUrl === CLUSTER, endpoints, before.endpoints);
    const clusters = this.#lackingOf(CLUSTER, next);
    decide((typeUrl) => users.has(typeUrl), clusters, before.clusters);
    this.#retain(next, users);
    for (const [collection, decided] of next) this.#apply(collection, decided);
    return endpoints.size + clusters.size === 0 ? ALL_SOUND : { endpoints, clusters };
  }

  #lackingOf(typeUrl: string, next: ReadonlyMap<ResourceHistory, Decided>): ReadonlySet<string> {
    const collection = this.#collections.get(typeUrl)?.collection;
    if (collection === undefined) return NO_NAMES;
    const lacking = [...(next.get(collection) ?? [])].filter(
      ([name, resource]) => resource === undefined && collection.get(name) !== undefined,
    );
    return lacking.length === 0 ? NO_NAMES : new Set(lacking.map(([name]) => name));
  }

  /** For each name that may not show its newest version: the version to show. */
  #soundOf(collection: ResourceHistory, lacking: ReadonlySet<string>, lackingBefore: ReadonlySet<string>): Decided {
    const decided: Decided = new Map();
    // Resources that refer to names without a sound version are in the overlay already.
    const known = this.#fresh.has(collection) ? NO_NAMES : lackingBefore;
    const asked = new Set([...lacking].filter((name) => !known.has(name)));
    for (const name of this.#candidates(collection, asked)) {
      const entry = collection.entry(name);
      decided.set(
        name,
        entry?.resource === undefined ? undefined : this.#soundVersion(collection, entry, entry.resource, lacking),
      );
    }
    return decided;
  }

  *#candidates(collection: ResourceHistory, asked: ReadonlySet<string>): Generator<string, void> {
    const { typeUrl } = collection;
    yield* this.#wave.changesOf(collection).keys();
    yield* this.#overlays.get(typeUrl)?.keys() ?? [];
    for (const { resource } of this.#verdicts.all())
      if (resource.typeUrl === typeUrl && collection.entry(resource.name)) yield resource.name;
    if (asked.size === 0) return;
    for (const { name, resource } of collection.entries())
      if (resource !== undefined && refersTo(resource, asked)) yield name;
  }

  #soundVersion(
    collection: ResourceHistory,
    entry: Entry,
    newest: EncodedResource,
    lacking: ReadonlySet<string>,
  ): EncodedResource | undefined {
    const closed = !refersTo(newest, lacking);
    if (closed && !this.#verdicts.withholds(newest)) return newest;
    const was = this.#was(collection, entry.name, entry);
    if (was !== undefined && was.version !== newest.version && !refersTo(was, lacking)) return was;
    return closed && this.#verdicts.isAccepted(newest) ? newest : undefined;
  }

  /** The version of this name that was shown before, in this view or another one, or the last accepted version. */
  #was(collection: ResourceHistory, name: string, entry: Entry | undefined): EncodedResource | undefined {
    const own = this.#shownBefore(collection, name, entry);
    const newest = entry?.resource;
    if (own !== undefined && own.version !== newest?.version) return own;
    for (const view of this.#wave.viewsOf(collection)) {
      const { resource: other, earlier = [] } = view.overlay(collection.typeUrl).get(name) ?? {};
      if (other !== undefined && other.version !== newest?.version) return other;
      const before = earlier.findLast(
        ({ resource }) => resource !== undefined && this.#isGood(resource, newest),
      )?.resource;
      if (before !== undefined) return before;
    }
    const earlier = entry?.earlier.findLast(
      ({ resource }) => resource !== undefined && this.#isGood(resource, newest),
    )?.resource;
    if (earlier !== undefined) return earlier;
    // What is deleted was not rejected. A client that came back with it never had to accept it.
    if (newest === undefined) return entry?.earlier.findLast(({ resource }) => this.#isUsable(resource))?.resource;
    return this.#verdicts.of(newest)?.instead ?? own;
  }

  #isUsable(resource: EncodedResource | undefined): boolean {
    return resource !== undefined && !this.#verdicts.withholds(resource);
  }

  #isGood(resource: EncodedResource, newest: EncodedResource | undefined): boolean {
    return (
      resource.version !== newest?.version && this.#verdicts.isAccepted(resource) && !this.#verdicts.withholds(resource)
    );
  }

  /** The version of this name that this view showed before. */
  #shownBefore(collection: ResourceHistory, name: string, entry: Entry | undefined): EncodedResource | undefined {
    const shown = this.#overlays.get(collection.typeUrl)?.get(name);
    if (shown !== undefined) return shown.resource;
    const changes = this.#wave.changesOf(collection);
    return changes.has(name) ? changes.get(name) : entry?.resource;
  }

  /** Clusters that were deleted stay while older routes name them. */
  #retain(next: Map<ResourceHistory, Decided>, users: ReadonlySet<string>): void {
    const clusters = this.#collections.get(CLUSTER)?.collection;
    const endpoints = this.#collections.get(CLUSTER_LOAD_ASSIGNMENT)?.collection;
    if (clusters === undefined) return;
    for (const [collection, decided] of next) {
      if (!users.has(collection.typeUrl)) continue;
      for (const [name, resource] of decided) {
        if (resource === undefined || resource === collection.get(name)) continue;
        for (const cluster of resource.clusters) {
          const kept = this.#keep(clusters, cluster, next);
          if (kept?.endpoints !== undefined && endpoints !== undefined) this.#keep(endpoints, kept.endpoints, next);
        }
      }
    }
  }

  #keep(collection: ResourceHistory, name: string, next: Map<ResourceHistory, Decided>): EncodedResource | undefined {
    const decided = next.get(collection);
    const newest = collection.get(name);
    if (newest !== undefined) return decided?.get(name) ?? newest;
    const was = this.#was(collection, name, collection.entry(name));
    if (was !== undefined) decided?.set(name, was);
    return was;
  }

  #apply(collection: ResourceHistory, decided: ReadonlyMap<string, EncodedResource | undefined>): void {
    const { typeUrl } = collection;
    const overlay = this.#overlays.get(typeUrl) ?? new Map<string, Shown>();
    for (const [name, resource] of decided) this.#show(collection, overlay, name, resource);
    if (overlay.size === 0) this.#overlays.delete(typeUrl);
    else this.#overlays.set(typeUrl, overlay);
  }

  #show(
    collection: ResourceHistory,
    overlay: Map<string, Shown>,
    name: string,
    resource: EncodedResource | undefined,
  ): void {
    const entry = collection.entry(name);
    const before = overlay.get(name);
    const shownBefore = this.#shownBefore(collection, name, entry);
    const { seq } = this.#wave;
    const follows = isSameResource(resource, entry?.resource);
    if (isSameResource(shownBefore, resource)) {
      if (before === undefined) {
        if (follows) return;
        overlay.set(name, { resource, since: this.#sinceOf(collection, name, entry), earlier: [], truncated: false });
        // The entry can be removed when all clients hold a version since the shown one became the newest.
      } else if (follows && Math.max(before.since, entry?.since ?? 0) <= this.#lowestHeld(collection))
        overlay.delete(name);
      else overlay.set(name, { ...before, resource });
      return;
    }
    // A name that shows its newest version again is remembered until all clients hold that version.
    if (before === undefined && follows) return;
    const versions = before === undefined ? [] : [...before.earlier, before];
    const { kept, lost } =
      versions.length === 0 ? { kept: versions, lost: false } : stillHeld(versions, collection.positions());
    overlay.set(name, { resource, since: seq, earlier: kept, truncated: before?.truncated === true || lost });
    this.#wave.touch(collection, name);
  }

  #lowestHeld(collection: ResourceHistory): number {
    const lowest = this.#lowest.get(collection) ?? collection.lowestHeld();
    this.#lowest.set(collection, lowest);
    return lowest;
  }

  /** Since when the version is shown that the newest version was to replace. */
  #sinceOf(collection: ResourceHistory, name: string, entry: Entry | undefined): number {
    if (entry === undefined) return this.#wave.seq;
    return this.#wave.changesOf(collection).has(name) ? (entry.earlier.at(-1)?.since ?? 0) : entry.since;
  }
}

/** The version to show, by name. */
type Decided = Map<string, EncodedResource | undefined>;

/** Whether the resource refers to one of these clusters or load assignments. */
export function refersTo({ clusters, endpoints }: EncodedResource, names: ReadonlySet<string>): boolean {
  return (
    names.size > 0 && ((endpoints !== undefined && names.has(endpoints)) || clusters.some((name) => names.has(name)))
  );
}
