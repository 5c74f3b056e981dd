/** Warnings about hostnames of a destination that lead clients to another destination, which takes precedence on the same port. */
import { type FieldPath, type Resource, compareText } from '../../api/resource.js';
import type { DestinationSpec } from '../../generated/resources.js';
import type { Input, Read } from '../../graph/index.js';
import type { DestinationTables } from '../discovery/destinations.js';
import { toHost } from '../discovery/external/external-hosts.js';
import { endpointSubsets, haveClientsInCommon, hostnamesOf, qualifiedName } from '../discovery/hosts.js';
import { type MeshTables, meshesMeet } from '../discovery/services/meshes.js';
import { byPrecedence } from '../discovery/services/precedence.js';
import { selectKeys } from '../discovery/services/selector-index.js';
import type { FailoverTables } from '../failovers/failovers.js';
import { type Findings, type FindingsOf, collectFindings } from '../model/finding.js';
import { type Destination, type FailoverDestination, type ServiceRef, describeService } from '../model/model.js';
import type { TrafficPolicyTables } from '../policies/traffic-policies.js';
import { LONGEST_SERVER_NAME, serverNameOf } from '../policies/upstreams/upstream-tls.js';
import { ownHostname } from '../discovery/external/own-hostname.js';
import { isHttp, needsPortAlone } from '../model/port-sharing.js';
import { describeDestination, sharesClients, writtenAs } from './written-as.js';
import type { DestinationKey } from '../model/object-key.js';

export interface HostFindingsContext {
  readonly destinations: DestinationTables;
  readonly failovers: FailoverTables;
  readonly meshes: MeshTables;
  readonly resources: Input<DestinationKey, Resource<DestinationSpec>>;
  readonly tlsModeOf: TrafficPolicyTables['tlsModeOf'];
}

export function findHostsTaken(context: HostFindingsContext): FindingsOf<DestinationKey> {
  return (read, key) => {
    const destination = read(context.destinations.destinations, key);
    if (destination === undefined) return [];
    const findings = collectFindings(writtenAs(read, destination, context.destinations).ref);
    if (destination.service === undefined) checkHosts(read, findings, destination, context);
    else if (destination.service.cluster === '') checkNames(read, findings, destination, destination.service, context);
    checkServerName(read, findings, destination, context);
    return findings.all;
  };
}

/** The server name `outbound_.PORT_._.HOST` is longer than the host. */
function checkServerName(read: Read, findings: Findings, destination: Destination, context: HostFindingsContext): void {
  const mode = context.tlsModeOf(read, destination.key) ?? 'DISABLE';
  if (mode === 'DISABLE') return;
  const names = destination.ports.map(({ number }) => serverNameOf(mode, destination, number));
  const tooLong = names.find(({ length }) => length > LONGEST_SERVER_NAME);
  if (tooLong === undefined) return;
  const named =
    writtenAs(read, destination, context.destinations).ref.kind === 'Service'
      ? ['metadata', 'name']
      : ['spec', 'kubeService', 'ref', 'name'];
  const path =
    destination.service === undefined
      ? pathOf(read, ownHostname(destination.hosts) ?? '', destination, context)
      : named;
  const message = `The server name of ${mode}, ${tooLong.slice(0, 24)}…, has ${tooLong.length} characters, but Envoy allows at most ${LONGEST_SERVER_NAME}, so TLS is used without a server name. Use a shorter host, or another tlsMode.`;
  findings.error('InvalidHostname', path, message);
}

/** A service without a cluster has the same hostnames as a service of that name in a client's own cluster. */
function checkNames(
  read: Read,
  findings: Findings,
  destination: Destination,
  { name, namespace }: ServiceRef,
  context: HostFindingsContext,
): void {
  const { destinations } = context;
  const rivals = selectKeys(read, destinations.selectable, [{ name, namespaces: [namespace] }]).flatMap((key) => {
    const rival = read(destinations.destinations, key);
    return rival?.service === undefined || rival.service.cluster === ''
      ? []
      : [{ rival, cluster: rival.service.cluster }];
  });
  for (const { rival, cluster } of rivals) {
    const ports = portsInCommon(destination, rival);
    if (ports.length === 0 || !meshesMeet(read, context.meshes, rival.mesh, destination.mesh)) continue;
    const message = `Clients in cluster ${cluster} that call the hosts of ${describeDestination(destination)} on ${listPorts(ports)} reach ${describeDestination(rival)}, because services of their own cluster take precedence.`;
    findings.warning('HostnameTaken', writtenAs(read, destination, destinations).ports, message);
  }
}

function checkHosts(read: Read, findings: Findings, destination: Destination, context: HostFindingsContext): void {
  for (const host of destination.hosts) {
    const first = [
      failoverCalled(read, host, destination, context),
      serviceCalled(read, host, destination, context),
      olderCalled(read, host, destination, context),
    ];
    const message = first.find((text) => text !== undefined);
    if (message !== undefined) findings.warning('HostnameTaken', pathOf(read, host, destination, context), message);
  }
}

function failoverCalled(
  read: Read,
  host: string,
  destination: Destination,
  { failovers, meshes }: HostFindingsContext,
): string | undefined {
  const names = host.includes('.') ? [...new Set([host, qualifiedName(host, { namespace: '' })])] : [host];
  for (const key of names.flatMap((name) => read(failovers.byHost, name) ?? [])) {
    const failover = read(failovers.failovers, key);
    const ports = failover === undefined ? [] : portsInCommon(destination, failover);
    if (failover === undefined || ports.length === 0 || !sharesClients(read, failover, destination, meshes)) continue;
    const { kind, name, namespace } = failover.ref;
    return `Host ${host} on ${listPorts(ports)} belongs to ${kind} ${name}.${namespace}, because failover destinations take precedence. Use another host or port.`;
  }
  return undefined;
}

/** The service that has this hostname, or whose pod has it. */
function serviceCalled(
  read: Read,
  host: string,
  destination: Destination,
  context: HostFindingsContext,
): string | undefined {
  const [first = '', second = ''] = host.split('.');
  const { destinations, meshes } = context;
  const keys = selectKeys(read, destinations.selectable, [
    { name: first },
    ...(second === '' ? [] : [{ name: second }]),
  ]);
  // A service without a cluster has its name in every cluster without a service of that name.
  const candidates = keys
    .flatMap((key) => read(destinations.destinations, key) ?? [])
    .sort((a, b) => compareText(a.service?.cluster ?? '', b.service?.cluster ?? ''));
  for (const rival of candidates) {
    if (rival.service === undefined || !isNameOf(host, rival, rival.service)) continue;
    const ports = portsInCommon(destination, rival);
    if (ports.length === 0 || !meshesMeet(read, meshes, rival.mesh, destination.mesh)) continue;
    return `Host ${host} on ${listPorts(ports)} belongs to ${describeService(rival.service)}${whoseClients(host, rival.service)}, because it is the service's own name. Use another host or port.`;
  }
  return undefined;
}

function isNameOf(host: string, rival: Destination, { cluster, namespace }: ServiceRef): boolean {
  return ['', ...endpointSubsets(rival)].some((subset) =>
    hostnamesOf(rival, { cluster, namespace }, subset).includes(host),
  );
}

function whoseClients(host: string, { cluster, namespace }: ServiceRef): string {
  const places = [
    ...(host.includes('.') ? [] : [`namespace ${namespace}`]),
    ...(cluster === '' || host.endsWith('.global') ? [] : [`cluster ${cluster}`]),
  ];
  return places.length === 0 ? '' : ` for clients in ${places.join(' of ')}`;
}

function olderCalled(
  read: Read,
  host: string,
  destination: Destination,
  { destinations, meshes }: HostFindingsContext,
): string | undefined {
  const order = byPrecedence(read, destinations.ages);
  const rivals = (read(destinations.externalsByHost, host) ?? [])
    .flatMap((key) => read(destinations.destinations, key) ?? [])
    .sort(order);
  for (const rival of rivals.slice(0, rivals.indexOf(destination))) {
    const ports = portsInCommon(destination, rival);
    if (
      ports.length === 0 ||
      !haveClientsInCommon(rival, destination) ||
      !meshesMeet(read, meshes, rival.mesh, destination.mesh)
    )
      continue;
    const whose = rival.exportTo === undefined ? '' : ' for the clients that it is exported to';
    return `Host ${host} on ${listPorts(ports)} belongs to Destination ${describeDestination(rival)}${whose}, because it also has the host and is older. Remove the host from one of them.`;
  }
  return undefined;
}

/** The ports of both on which Envoy selects the destination by host header or SNI. */
function portsInCommon(
  { ports }: Destination,
  { ports: others }: Pick<Destination, 'ports'> | Pick<FailoverDestination, 'ports'>,
): readonly number[] {
  const named = ports.filter(({ protocol }) => !needsPortAlone(protocol));
  const taken = named.filter(({ number, protocol }) =>
    others.some(
      (other) =>
        other.number === number && !needsPortAlone(other.protocol) && isHttp(other.protocol) === isHttp(protocol),
    ),
  );
  return taken.map(({ number }) => number);
}

function listPorts(ports: readonly number[]): string {
  return `port${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`;
}

/** The path of the host in the resource. */
function pathOf(read: Read, host: string, { key }: Destination, { resources }: HostFindingsContext): FieldPath {
  const { hosts = [], addresses = [] } = read(resources, key)?.spec?.externalService ?? {};
  const path: FieldPath = ['spec', 'externalService'];
  const at = hosts.findIndex((written) => toHost(written) === host);
  return at >= 0
    ? [...path, 'hosts', at]
    : [...path, 'addresses', addresses.findIndex((written) => toHost(written) === host)];
}
