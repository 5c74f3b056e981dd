/**
 * What is shown of the collections that one kind of client sees: the newest versions, but for those that were refused. It is
 * closed under references: a listener or route that names a cluster of which nothing can be shown stays what it was, and a
 * cluster that such a route still names stays, with its endpoints. It must not know streams.
 */
import { type Entry, FORGOTTEN, type Version, stillHeld, versionAt } from '../resources/change-list.js';
import { NO_NAMES } from '../resources/coverage.js';
import type { Changes, ResourceHistory } from '../resources/history.js';
import { type EncodedResource, isSameResource } from '../resources/resource.js';
import { type Holding, Unsure } from './holding.js';
import { NOTHING_NEEDED, type Needed } from './standing.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, USERS_OF_CLUSTERS } from '../protocol/type-urls.js';
import type { Verdicts } from './verdicts.js';

/** What is shown of a name instead of its newest version, or again after something else was shown. */
export interface Shown {
  readonly resource: EncodedResource | undefined;
  /** Sequence number since which it is shown. */
  readonly since: number;
  /** What was shown before in the place of the newest version, the oldest first. Before that, the newest was. */
  readonly earlier: readonly Version[];
  /** Not all of them are remembered. */
  readonly truncated: boolean;
}

export type Overlay = ReadonlyMap<string, Shown>;

export const NO_OVERLAY: Overlay = new Map();

/** What happened in one transaction, as far as a view asks. */
export interface Wave {
  readonly seq: number;
  /** What changed in a collection. */
  changesOf(collection: ResourceHistory): Changes;
  /** The views in which a collection is shown. */
  viewsOf(collection: ResourceHistory): Iterable<EffectiveView>;
  /** Something else is shown of this name: streams have to look at it. */
  touch(collection: ResourceHistory, name: string): void;
}

/** Names that exist and of which nothing can be shown. */
interface Lacking {
  readonly endpoints: ReadonlySet<string>;
  readonly clusters: ReadonlySet<string>;
}

const NOTHING_LACKING: Lacking = { endpoints: NO_NAMES, clusters: NO_NAMES };

export class EffectiveView {
  readonly key: string;
  readonly #verdicts: Verdicts;
  /** By type; with the number of subscriptions that see it in this view. */
  readonly #collections = new Map<string, { readonly collection: ResourceHistory; users: number }>();
  readonly #overlays = new Map<string, Map<string, Shown>>();
  #lacking = NOTHING_LACKING;
  #needed = NOTHING_NEEDED;

  constructor(key: string, verdicts: Verdicts) {
    this.key = key;
    this.#verdicts = verdicts;
  }

  get unused(): boolean {
    return this.#collections.size === 0;
  }

  /** One more subscription sees this collection here. */
  attach(collection: ResourceHistory): void {
    const known = this.#collections.get(collection.typeUrl);
    if (known !== undefined) known.users += 1;
    else this.#collections.set(collection.typeUrl, { collection, users: 1 });
  }

  /** One subscription less. Returns whether there are others. */
  detach({ typeUrl }: ResourceHistory): boolean {
    const known = this.#collections.get(typeUrl);
    if (known === undefined) return false;
    known.users -= 1;
    if (known.users > 0) return true;
    this.#collections.delete(typeUrl);
    this.#overlays.delete(typeUrl);
    return false;
  }

  /** Whether something else than the newest versions may be shown. */
  get mayDiffer(): boolean {
    return !this.#verdicts.empty || this.#overlays.size > 0;
  }

  /** Differences between what is shown and what is newest, and those that there were. */
  overlay(typeUrl: string): Overlay {
    return this.#overlays.get(typeUrl) ?? NO_OVERLAY;
  }

  /** What is shown of a name now. */
  shown({ typeUrl }: ResourceHistory, entry: Entry): EncodedResource | undefined {
    const shown = this.#overlays.get(typeUrl)?.get(entry.name);
    return shown === undefined ? entry.resource : shown.resource;
  }

  /** What was shown of a name after the change with this sequence number. */
  shownAt({ typeUrl }: ResourceHistory, entry: Entry, seq: number): Holding {
    const shown = this.#overlays.get(typeUrl)?.get(entry.name);
    if (shown !== undefined) {
      if (shown.since <= seq) return shown.resource;
      const earlier = shown.earlier.findLast(({ since }) => since <= seq);
      if (earlier !== undefined) return earlier.resource;
      if (shown.truncated) return this.#anyOf(entry, shown);
    }
    const version = versionAt(entry, seq);
    return version === FORGOTTEN ? this.#anyOf(entry, shown) : version;
  }

  /** A version that is not remembered exactly. Rather one that nobody refused. */
  #anyOf(entry: Entry, shown: Shown | undefined): Unsure {
    const versions = [shown?.resource, entry.resource, ...entry.earlier.map(({ resource }) => resource)];
    const known = [...new Set(versions.filter((resource) => resource !== undefined))];
    return new Unsure(
      known,
      true,
      known.find((resource) => this.#verdicts.of(resource) === undefined),
    );
  }

  /** What a client may be brought back to that holds nothing and takes nothing of what is shown: the last version that somebody accepted. */
  fallback(
    collection: ResourceHistory,
    entry: Entry,
    takes: (resource: EncodedResource) => boolean,
  ): EncodedResource | undefined {
    const shown = this.#overlays.get(collection.typeUrl)?.get(entry.name)?.resource;
    const instead = entry.resource && this.#verdicts.of(entry.resource)?.instead;
    const versions = [shown, entry.earlier.at(-1)?.resource, instead];
    return versions.find(
      (resource) => resource !== undefined && takes(resource) && this.#verdicts.isAccepted(resource),
    );
  }

  /** Clusters that listeners and routes send to that are shown in the place of newer ones. */
  get needed(): Needed {
    return this.#needed;
  }

  /** Decides anew what is shown, after changes or verdicts. */
  settle(wave: Wave): void {
    const settling = new Settling(wave, this.#verdicts, this.#overlays, this.#collections);
    this.#lacking = settling.run(this.#lacking);
    const names = new Set(
      USERS_OF_CLUSTERS.flatMap((typeUrl) =>
        [...this.overlay(typeUrl).values()].flatMap(({ resource }) => resource?.clusters ?? []),
      ),
    );
    this.#needed = names.size === 0 ? NOTHING_NEEDED : { names, anything: false };
  }
}

/** One decision about everything that may be shown differently now. */
class Settling {
  readonly #wave: Wave;
  readonly #verdicts: Verdicts;
  readonly #overlays: Map<string, Map<string, Shown>>;
  readonly #collections: ReadonlyMap<string, { readonly collection: ResourceHistory }>;

  constructor(
    wave: Wave,
    verdicts: Verdicts,
    overlays: Map<string, Map<string, Shown>>,
    collections: ReadonlyMap<string, { readonly collection: ResourceHistory }>,
  ) {
    this.#wave = wave;
    this.#verdicts = verdicts;
    this.#overlays = overlays;
    this.#collections = collections;
  }

  /** Endpoints first, then the clusters that need them, then what sends to the clusters. Returns what is lacking. */
  run(before: Lacking): Lacking {
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
    return endpoints.size + clusters.size === 0 ? NOTHING_LACKING : { endpoints, clusters };
  }

  #lackingOf(typeUrl: string, next: ReadonlyMap<ResourceHistory, Decided>): ReadonlySet<string> {
    const collection = this.#collections.get(typeUrl)?.collection;
    if (collection === undefined) return NO_NAMES;
    const lacking = [...(next.get(collection) ?? [])].filter(
      ([name, resource]) => resource === undefined && collection.get(name) !== undefined,
    );
    return lacking.length === 0 ? NO_NAMES : new Set(lacking.map(([name]) => name));
  }

  /** For each name that is not simply its newest version: what is to be shown of it. */
  #soundOf(collection: ResourceHistory, lacking: ReadonlySet<string>, lackingBefore: ReadonlySet<string>): Decided {
    const decided: Decided = new Map();
    const asked = lacking.size + lackingBefore.size === 0 ? NO_NAMES : new Set([...lacking, ...lackingBefore]);
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
    if (closed && this.#verdicts.of(newest) === undefined) return newest;
    const was = this.#was(collection, entry.name, entry);
    if (was !== undefined && was.version !== newest.version && !refersTo(was, lacking)) return was;
    return closed && this.#verdicts.isAccepted(newest) ? newest : undefined;
  }

  /** What was shown of this name before, here or in another view; or the last version that somebody accepted. */
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
    const instead = newest && this.#verdicts.of(newest)?.instead;
    return instead ?? own;
  }

  #isGood(resource: EncodedResource, newest: EncodedResource | undefined): boolean {
    return (
      resource.version !== newest?.version &&
      this.#verdicts.isAccepted(resource) &&
      this.#verdicts.of(resource) === undefined
    );
  }

  /** What was shown of it in this view until this wave. */
  #shownBefore(collection: ResourceHistory, name: string, entry: Entry | undefined): EncodedResource | undefined {
    const shown = this.#overlays.get(collection.typeUrl)?.get(name);
    if (shown !== undefined) return shown.resource;
    const changes = this.#wave.changesOf(collection);
    return changes.has(name) ? changes.get(name) : entry?.resource;
  }

  /** What older routes name stays, although it was deleted. */
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
        // It can go when all hold what there was since it has been the same as the newest.
      } else if (follows && Math.max(before.since, entry?.since ?? 0) <= collection.lowestHeld()) overlay.delete(name);
      else overlay.set(name, { ...before, resource });
      return;
    }
    // What follows the newest version again is remembered until everybody was told.
    if (before === undefined && follows) return;
    const versions = before === undefined ? [] : [...before.earlier, before];
    const { kept, lost } =
      versions.length === 0 ? { kept: versions, lost: false } : stillHeld(versions, collection.positions());
    overlay.set(name, { resource, since: seq, earlier: kept, truncated: before?.truncated === true || lost });
    this.#wave.touch(collection, name);
  }

  /** Since when the version was shown that the newest one was to take the place of. */
  #sinceOf(collection: ResourceHistory, name: string, entry: Entry | undefined): number {
    if (entry === undefined) return this.#wave.seq;
    return this.#wave.changesOf(collection).has(name) ? (entry.earlier.at(-1)?.since ?? 0) : entry.since;
  }
}

/** What is to be shown of names. */
type Decided = Map<string, EncodedResource | undefined>;

/** Whether it names one of these clusters, or load assignments. */
function refersTo({ clusters, endpoints }: EncodedResource, names: ReadonlySet<string>): boolean {
  return (
    names.size > 0 && ((endpoints !== undefined && names.has(endpoints)) || clusters.some((name) => names.has(name)))
  );
}
