import assert from 'node:assert/strict';
import { Graph, type Input } from './index.js';

interface Endpoint {
  readonly service: string;
  readonly locality: string;
  readonly healthy: boolean;
}

const localities = ['east', 'north', 'west'];

/** Load assignments of services, each with an endpoint per locality, as seen from every locality. */
function meshOf(services: number): { graph: Graph; endpoints: Input<string, Endpoint>; told: string[] } {
  const graph = new Graph();
  const endpoints = graph.input<string, Endpoint>('endpoints');
  const byService = graph.index('byService', endpoints, ({ service }) => [service]);
  const byPlace = graph.index<string, Endpoint, string>('byPlace', endpoints, ({ service, locality }) => [
    `${service} ${locality}`,
  ]);
  const places = graph.derive('places', (read, service) => [
    ...new Set((read(byService, service) ?? []).map((key) => read(endpoints, key)?.locality)),
  ]);
  const groups = graph.derive('groups', (read, place) =>
    (read(byPlace, place) ?? []).filter((key) => read(endpoints, key)?.healthy === true),
  );
  const assignments = graph.derive('assignments', (read, view) => {
    const [service = '', viewer] = view.split(' ');
    const ranked = (read(places, service) ?? []).toSorted((a, b) => Number(b === viewer) - Number(a === viewer));
    return ranked.map((place) => read(groups, `${service} ${place ?? ''}`));
  });
  const told: string[] = [];
  graph.commit((tx) => {
    for (let id = 0; id < services; id += 1) {
      for (const locality of localities)
        tx.set(endpoints, `s${id} ${locality}`, { service: `s${id}`, locality, healthy: true });
    }
  });
  for (let id = 0; id < services; id += 1) {
    for (const locality of localities) graph.observe(assignments, `s${id} ${locality}`, (_row, key) => told.push(key));
  }
  return { graph, endpoints, told };
}

/** How many rows of each table one change of one endpoint computes, and which listeners are notified. */
function costOfOneChange(services: number): { computed: Record<string, number>; told: readonly string[] } {
  const { graph, endpoints, told } = meshOf(services);
  const before = graph.computed();
  graph.commit((tx) => tx.set(endpoints, 's7 west', { service: 's7', locality: 'west', healthy: false }));
  const computed = [...graph.computed()].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
  return { computed: Object.fromEntries(computed), told };
}

describe('the cost of one change', () => {
  it('is the same for 100 and for 10 000 services', () => {
    const expected = { computed: { places: 1, groups: 1, assignments: 3 }, told: ['s7 east', 's7 north', 's7 west'] };
    assert.deepEqual(costOfOneChange(100), expected);
    assert.deepEqual(costOfOneChange(10_000), expected);
  });
});
