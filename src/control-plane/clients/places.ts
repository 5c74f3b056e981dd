/** Where endpoints are: the regions, zones and clusters that a client's may be compared with. */
import type { Graph } from '../../graph/index.js';
import type { Locality } from '../../mesh/model/model.js';
import type { MeshModel } from '../../mesh/tables.js';
import { destinationPortKey } from '../../mesh/model/target-key.js';

export interface KnownPlaces {
  readonly regions: ReadonlySet<string>;
  /** Zones by region; those without a region under the empty one. */
  readonly zones: ReadonlyMap<string, ReadonlySet<string>>;
  /** Clusters that services are in. */
  readonly clusters: ReadonlySet<string>;
}

/** The places of all endpoints, looked at again when somebody asks after a change. */
export class Places {
  readonly #graph: Graph;
  readonly #model: MeshModel;
  #known: KnownPlaces | undefined;

  constructor(graph: Graph, model: MeshModel) {
    this.#graph = graph;
    this.#model = model;
  }

  /** Resources changed, and endpoints may have. */
  changed(): void {
    this.#known = undefined;
  }

  /** Reads the endpoints of all services where something changed since the last call; those that an Envoy has asked for are computed already. */
  known(): KnownPlaces {
    this.#known ??= this.#collect();
    return this.#known;
  }

  #collect(): KnownPlaces {
    const regions = new Set<string>();
    const zones = new Map<string, Set<string>>();
    for (const { region, zone } of this.#localities()) {
      if (region !== '') regions.add(region);
      if (zone === '') continue;
      const inRegion = zones.get(region) ?? new Set<string>();
      zones.set(region, inRegion.add(zone));
    }
    return { regions, zones, clusters: this.#clusters() };
  }

  #clusters(): ReadonlySet<string> {
    const { destinations } = this.#model.destinations;
    const names = this.#graph
      .keys(destinations)
      .map((key) => this.#graph.read(destinations, key)?.service?.cluster ?? '');
    return new Set(names.filter((name) => name !== ''));
  }

  *#localities(): Generator<Locality, void> {
    const { destinations, endpoints } = this.#model.destinations;
    for (const key of this.#graph.keys(destinations)) {
      for (const { number } of this.#graph.read(destinations, key)?.ports ?? []) {
        for (const { locality } of this.#graph.read(endpoints, destinationPortKey(key, number)) ?? []) yield locality;
      }
    }
  }
}
