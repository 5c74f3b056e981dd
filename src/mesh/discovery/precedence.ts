/** Which destination goes first where only one can: at a hostname, or alone on a port. */
import { type Aged, type Resource, byAge, compareText } from '../../api/resource.js';
import type { Graph, Input, Read, Table } from '../../graph/index.js';
import type { Destination } from '../model/model.js';

/** By `objectKey` of a Destination resource: its age, which seldom changes with the resource. */
export type AgeTable = Table<string, Aged>;

export function declareAges(graph: Graph, input: Input<string, Resource<unknown>>): AgeTable {
  return graph.derive<string, Aged>('destinationAges', (read, key) => {
    const resource = read(input, key);
    if (resource === undefined) return undefined;
    const { ref, arrival, creationTimestamp } = resource;
    return { ref, arrival, ...(creationTimestamp !== undefined && { creationTimestamp }) };
  });
}

/** Services before external services, whose hosts are whatever somebody wrote; of external services the older first. */
export function byPrecedence(read: Read, ages: AgeTable): (a: Destination, b: Destination) => number {
  return (a, b) =>
    Number(a.service === undefined) - Number(b.service === undefined) ||
    (a.service === undefined ? compareAges(read, ages, a, b) : 0) ||
    compareText(a.key, b.key);
}

function compareAges(read: Read, ages: AgeTable, a: Destination, b: Destination): number {
  const [first, second] = [read(ages, a.key), read(ages, b.key)];
  return first === undefined || second === undefined ? 0 : byAge(first, second);
}
