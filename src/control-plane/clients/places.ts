/** The regions, zones and clusters of all endpoints. Localities of clients are compared with them. */
import type { Graph } from '../../graph/index.js';
import type { Locality } from '../../mesh/model/model.js';
import type { MeshModel } from '../../mesh/tables.js';
import { destinationPortKey } from '../../mesh/model/target-key.js';

export interface KnownPlaces {
  readonly regions: ReadonlySet<string>;
  /** Zones by region. The region is empty for zones without one. */
  readonly zones: ReadonlyMap<string, ReadonlySet<string>>;
  /** The clusters of services. */
  readonly clusters: ReadonlySet<string>;
}

/** The places of all endpoints, read again on the first request after a change. */
export class Places {
  readonly #graph: Graph;
  readonly #model: MeshModel;
  #known: KnownPlaces | undefined;

  constructor(graph: Graph, model: MeshModel) {
    this.#graph = graph;
    this.#model = model;
  }

  /** Call after resources changed, because endpoints may have changed. */
  changed(): void {
    this.#known = undefined;
  }

  /** Reads the endpoints of all services if resources changed since the last call. Rows that an Envoy subscribes to are computed already. */
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
