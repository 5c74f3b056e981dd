/** Which destination goes first where only one can: at a hostname, or alone on a port. */
import { type Aged, type Resource, byAge, compareText } from '../../../api/resource.js';
import type { Graph, Input, Read, Table } from '../../../graph/index.js';
import type { Destination } from '../../model/model.js';
import type { DestinationKey } from '../../model/object-key.js';

/** The ages of Destination resources, which seldom change with them. */
export type AgeTable = Table<DestinationKey, Aged>;

export function declareAges(graph: Graph, input: Input<DestinationKey, Resource<unknown>>): AgeTable {
  return graph.derive<DestinationKey, Aged>('destinationAges', (read, key) => {
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
