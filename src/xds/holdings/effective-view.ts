/**
 * What one kind of client is shown of the collections: the newest versions, except for rejected ones. It is closed under references. A
 * listener or route stays unchanged if it would name a cluster of which nothing can be shown. A cluster stays, with its endpoints, while a
 * shown route names it. Must not know streams.
 */
import { type Entry, FORGOTTEN, versionAt } from '../resources/change-list.js';
import { NO_NAMES } from '../resources/coverage.js';
import type { ResourceHistory } from '../resources/history.js';
import { type EncodedResource, isSameResource } from '../resources/resource.js';
import { type Holding, Unsure } from './holding.js';
import { NO_OVERLAY, type Overlay, type Shown, type CommittedChanges } from './overlay.js';
import { ALL_SOUND, Settling, refersTo } from './settling.js';
import { NOTHING_NEEDED, type Needed, needs } from './standing.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, USERS_OF_CLUSTERS } from '../protocol/type-urls.js';
import type { Verdicts } from './verdicts.js';

export class EffectiveView {
  readonly key: string;
  readonly #verdicts: Verdicts;
  /** The collections by type, each with the number of subscriptions that see it in this view. */
  readonly #collections = new Map<string, { readonly collection: ResourceHistory; users: number }>();
  readonly #overlays = new Map<string, Map<string, Shown>>();
  /** Collections without any decision yet. */
  readonly #fresh = new Set<ResourceHistory>();
  #withoutSound = ALL_SOUND;
  #needed = NOTHING_NEEDED;

  constructor(key: string, verdicts: Verdicts) {
    this.key = key;
    this.#verdicts = verdicts;
  }

  get unused(): boolean {
    return this.#collections.size === 0;
  }

  /** Adds a subscription to this collection. */
  attach(collection: ResourceHistory): void {
    const known = this.#collections.get(collection.typeUrl);
    if (known !== undefined) known.users += 1;
    else {
      this.#collections.set(collection.typeUrl, { collection, users: 1 });
      this.#fresh.add(collection);
    }
  }

  /** Removes a subscription. Returns whether others are left. */
  detach(collection: ResourceHistory): boolean {
    const { typeUrl } = collection;
    const known = this.#collections.get(typeUrl);
    if (known === undefined) return false;
    known.users -= 1;
    if (known.users > 0) return true;
    this.#collections.delete(typeUrl);
    this.#overlays.delete(typeUrl);
    this.#fresh.delete(collection);
    return false;
  }

  /** Whether a name may show another version than the newest. */
  get mayDiffer(): boolean {
    return !this.#verdicts.empty || this.#overlays.size > 0;
  }

  /** The names with another shown version than the newest, now or before. */
  overlay(typeUrl: string): Overlay {
    return this.#overlays.get(typeUrl) ?? NO_OVERLAY;
  }

  /** The shown version of a name. */
  shown({ typeUrl }: ResourceHistory, entry: Entry): EncodedResource | undefined {
    const shown = this.#overlays.get(typeUrl)?.get(entry.name);
    return shown === undefined ? entry.resource : shown.resource;
  }

  /** The version of a name that was shown after the change with this sequence number. */
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

  /** For a version that is not remembered exactly. Prefers versions that nobody rejected. */
  #anyOf(entry: Entry, shown: Shown | undefined): Unsure {
    const versions = [shown?.resource, entry.resource, ...entry.earlier.map(({ resource }) => resource)];
    const known = [...new Set(versions.filter((resource) => resource !== undefined))];
    return new Unsure(
      known,
      true,
      known.find((resource) => this.#verdicts.of(resource) === undefined),
    );
  }

  /** For a client that holds no version and rejected the shown one: the last version that some client accepted. */
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

  /** Clusters that shown listeners and routes refer to, if those are not the newest versions. */
  get needed(): Needed {
    return this.#needed;
  }

  /**
   * Decides what is shown after changes or verdicts. `verdicts`: some verdicts are new to this view. A change that affects no earlier decision
   * costs no more than itself.
   */
  settle(changes: CommittedChanges, verdicts: boolean): void {
    if (!verdicts && this.#isPlain(changes)) {
      this.#forgetTold();
      return;
    }
    const settling = new Settling(changes, this.#verdicts, this.#overlays, this.#collections, this.#fresh);
    this.#withoutSound = settling.run(this.#withoutSound);
    this.#fresh.clear();
    const names = new Set(
      USERS_OF_CLUSTERS.flatMap((typeUrl) =>
        [...this.overlay(typeUrl).values()].flatMap(({ resource }) => resource?.clusters ?? []),
      ),
    );
    this.#needed = names.size === 0 ? NOTHING_NEEDED : { parts: [names], anything: false };
  }

  /** Whether all changes can be shown as they are, and affect nothing else that is shown. */
  #isPlain(wave: CommittedChanges): boolean {
    for (const { collection } of this.#collections.values())
      for (const name of wave.changesOf(collection).keys()) if (!this.#isPlainChange(collection, name)) return false;
    return true;
  }

  #isPlainChange(collection: ResourceHistory, name: string): boolean {
    const { typeUrl } = collection;
    if (this.#overlays.get(typeUrl)?.has(name) === true) return false;
    const resource = collection.get(name);
    if (resource === undefined) {
      // A cluster stays while an older route that is still shown names it.
      if (typeUrl === CLUSTER) return !needs(this.#needed, name);
      return typeUrl !== CLUSTER_LOAD_ASSIGNMENT || this.#needed === NOTHING_NEEDED;
    }
    const { endpoints, clusters } = this.#withoutSound;
    const lacking = typeUrl === CLUSTER ? endpoints : USERS_OF_CLUSTERS.includes(typeUrl) ? clusters : NO_NAMES;
    return !this.#verdicts.withholds(resource) && !refersTo(resource, lacking);
  }

  /** Forgets what was shown before, for names that show the newest version again, when all clients hold that version. */
  #forgetTold(): void {
    for (const [typeUrl, overlay] of this.#overlays) {
      const collection = this.#collections.get(typeUrl)?.collection;
      let lowest: number | undefined;
      for (const [name, { resource, since }] of overlay) {
        const entry = collection?.entry(name);
        if (collection === undefined || !isSameResource(resource, entry?.resource)) continue;
        lowest ??= collection.lowestHeld();
        if (Math.max(since, entry?.since ?? 0) <= lowest) overlay.delete(name);
      }
      if (overlay.size === 0) this.#overlays.delete(typeUrl);
    }
  }
}
