/** Warnings about services without a listener on one of their ports, because another service or failover destination occupies the port. */
import type { Diagnostic } from '../../api/diagnostic.js';
import { type Graph, type Read, type Table, type Key, partsCodec } from '../../graph/index.js';
import type { DestinationTables } from '../discovery/destinations.js';
import type { FailoverTables } from '../failovers/failovers.js';
import { type FindingsOf, collectFindings } from '../model/finding.js';
import { haveClientsInCommon } from '../discovery/hosts.js';
import { byPrecedence } from '../discovery/services/precedence.js';
import { type MeshTables, meshesMeet } from '../discovery/services/meshes.js';
import type { Destination, FailoverDestination, Port, Protocol } from '../model/model.js';
import { needsPortAlone } from '../model/port-sharing.js';
import { describeDestination, sharesClients, writtenAs } from './written-as.js';
import type { DestinationKey } from '../model/object-key.js';
import type { FailoverKey } from '../model/failover-key.js';

export interface PortFindingsContext {
  readonly destinations: DestinationTables;
  readonly failovers: FailoverTables;
  readonly meshes: MeshTables;
}

interface Occupants extends PortFindingsContext {
  readonly failoversOnPort: Table<OccupancyKey, readonly FailoverKey[]>;
  readonly destinationsOnPort: Table<OccupancyKey, readonly DestinationKey[]>;
}

export function declarePortFindings(graph: Graph, context: PortFindingsContext): FindingsOf<DestinationKey> {
  const groups = ({
    ports,
  }: {
    readonly ports: readonly { readonly number: number; readonly protocol: Protocol }[];
  }): readonly OccupancyKey[] => ports.map(({ number, protocol }) => occupancy(number, needsPortAlone(protocol)));
  const occupants: Occupants = {
    ...context,
    failoversOnPort: graph.index('failoversOnPort', context.failovers.failovers, groups),
    destinationsOnPort: graph.index('destinationsOnPort', context.destinations.destinations, groups),
  };
  return (read, key) => {
    const destination = read(context.destinations.destinations, key);
    return destination ? portFindings(read, destination, occupants) : [];
  };
}

/** A port. `sole`: the protocol cannot share it. */
type OccupancyKey = Key<'occupancy'>;

const OCCUPANCY = partsCodec<OccupancyKey, readonly [port: string, use: 'sole' | '']>(2);

function occupancy(port: number, sole: boolean): OccupancyKey {
  return OCCUPANCY.format(String(port), sole ? 'sole' : '');
}

function portFindings(read: Read, destination: Destination, occupants: Occupants): readonly Diagnostic[] {
  const { ref, ports: path } = writtenAs(read, destination, occupants.destinations);
  const findings = collectFindings(ref);
  for (const port of destination.ports) {
    const message = whyUnreached(read, destination, port, occupants);
    if (message !== undefined) findings.warning('PortTaken', path, message);
  }
  return findings.all;
}

/** Must have the same order as `usePorts`. */
function whyUnreached(
  read: Read,
  destination: Destination,
  { number, protocol }: Port,
  occupants: Occupants,
): string | undefined {
  const subject = `Port ${number} of ${describeDestination(destination)} (${protocol})`;
  const sole = failoverOn(read, destination, occupancy(number, true), occupants);
  if (sole !== undefined)
    return `${subject} gets no listener, because ${describeFailover(sole, number)} cannot share the port.`;
  if (!needsPortAlone(protocol)) return undefined;
  const failover = failoverOn(read, destination, occupancy(number, false), occupants);
  const [shared] = failover ? [] : destinationsOn(read, destination, occupancy(number, false), occupants);
  const other = failover ? describeFailover(failover, number) : shared && describeDestination(shared);
  if (other !== undefined)
    return `${subject} gets no listener, because ${other} uses it, and ${protocol} cannot share a port.`;
  const order = byPrecedence(read, occupants.destinations.ages);
  const first = [...destinationsOn(read, destination, occupancy(number, true), occupants)].filter(
    (other) => order(other, destination) < 0 && haveClientsInCommon(other, destination),
  );
  const near = first.find((candidate) => destination.service === undefined || sameNamespace(candidate, destination));
  if (near !== undefined)
    return `${subject} gets no listener, because ${describeDestination(near)} takes precedence, and ${protocol} cannot share a port.`;
  const [far] = first;
  return (
    far &&
    `${subject} is only reachable from its own namespace or cluster, because elsewhere ${describeDestination(far)} takes precedence, and ${protocol} cannot share a port.`
  );
}

function failoverOn(
  read: Read,
  destination: Destination,
  group: OccupancyKey,
  { failoversOnPort, failovers, meshes }: Occupants,
): FailoverDestination | undefined {
  const found = (read(failoversOnPort, group) ?? []).flatMap((key) => read(failovers.failovers, key) ?? []);
  return found.find((failover) => sharesClients(read, failover, destination, meshes));
}

/** Other destinations on the port that share clients with this one, in the order of their keys. */
function* destinationsOn(
  read: Read,
  { key, mesh }: Destination,
  group: OccupancyKey,
  { destinationsOnPort, destinations, meshes }: Occupants,
): Iterable<Destination> {
  for (const other of read(destinationsOnPort, group) ?? []) {
    const row = other === key ? undefined : read(destinations.destinations, other);
    if (row !== undefined && meshesMeet(read, meshes, row.mesh, mesh)) yield row;
  }
}

function sameNamespace({ service: a }: Destination, { service: b }: Destination): boolean {
  return a?.namespace === b?.namespace && a?.cluster === b?.cluster;
}

function describeFailover({ ref, ports }: FailoverDestination, number: number): string {
  const protocol = ports.find((port) => port.number === number)?.protocol ?? '';
  return `${ref.kind} ${ref.name}.${ref.namespace} (${protocol})`;
}
