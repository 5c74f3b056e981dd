/** The precedence of destinations for a hostname, or for a port that they cannot share. */
import { type Aged, type Resource, byAge, compareText } from '../../../api/resource.js';
import type { Graph, Input, Read, Table } from '../../../graph/index.js';
import type { Destination } from '../../model/model.js';
import type { DestinationKey } from '../../model/object-key.js';

/** The ages of Destination resources. They seldom change when the resources change. */
export type AgeTable = Table<DestinationKey, Aged>;

export function declareAges(graph: Graph, input: Input<DestinationKey, Resource<unknown>>): AgeTable {
  return graph.derive<DestinationKey, Aged>('destinationAges', (read, key) => {
    const resource = read(input, key);
    if (resource === undefined) return undefined;
    const { ref, arrival, creationTimestamp } = resource;
    return { ref, arrival, ...(creationTimestamp !== undefined && { creationTimestamp }) };
  });
}

/** Services precede external services, because users can give external services any hosts. Older external services precede younger ones. */
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
