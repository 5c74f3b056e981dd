/**
 * What is wrong with a FailoverService or VirtualDestination, apart from what others already own. All errors are collected;
 * the sentences are Gloo Mesh's own, so that users find them where they look for them.
 */
import type { Diagnostic } from '../api/diagnostic.js';
import type { Read, Table } from '../graph/index.js';
import { backingPort } from './backing-port.js';
import { type DestinationTables, serviceKey } from './destinations.js';
import type { FailoverSpec, Named } from './failover-spec.js';
import { type Findings, collectFindings } from './finding.js';
import { type MeshTables, hasMeshes } from './meshes.js';
import { type Destination, type OutlierDetection, type ServiceRef, formatService, objectKey } from './model.js';
import { parseProtocol } from './protocol.js';

export interface FailoverContext {
  readonly destinations: DestinationTables;
  readonly meshes: MeshTables;
  /** By key of the destination; a row where a TrafficPolicy configures outlier detection. */
  readonly outlierDetection: Table<OutlierDetection>;
}

/** A hostname that is taken is reported between the two; that needs a look at all the others. */
export interface OwnFindings {
  readonly beforeClaim: readonly Diagnostic[];
  readonly afterClaim: readonly Diagnostic[];
}

export function ownFindings(read: Read, spec: FailoverSpec, context: FailoverContext): OwnFindings {
  const findings = collectFindings(spec.ref);
  const backings = findBackings(read, spec, context.destinations);
  checkPort(findings, spec);
  checkServices(read, findings, spec, backings, context);
  checkMeshes(read, findings, spec, backings, context.meshes);
  checkHostname(read, findings, spec, backings, context.meshes);
  const repeated = collectFindings(spec.ref);
  checkRepeated(repeated, spec);
  return { beforeClaim: findings.all, afterClaim: repeated.all };
}

/** A backing service and the destination that it is, if there is one. */
interface FoundBacking extends Named<ServiceRef> {
  readonly destination?: Destination;
}

function findBackings(read: Read, spec: FailoverSpec, tables: DestinationTables): readonly FoundBacking[] {
  return spec.services.map((service) => {
    const [key] = read(tables.byService, serviceKey(service.ref)) ?? [];
    const destination = key === undefined ? undefined : read(tables.destinations, key);
    return { ...service, ...(destination && { destination }) };
  });
}

function checkPort(findings: Findings, { port }: FailoverSpec): void {
  if (port === undefined) {
    findings.error('MissingPort', ['spec', 'port'], 'Missing required field "port".');
    return;
  }
  if (port.number < 1 || port.number > 65535) {
    const message = `Invalid port number ${port.number}: must be between 1 and 65535, inclusive.`;
    findings.error('InvalidPortNumber', ['spec', 'port', 'number'], message);
  }
  if (parseProtocol(port.protocol) === undefined) {
    findings.error('InvalidProtocol', ['spec', 'port', 'protocol'], `Invalid protocol for port: ${port.protocol}`);
  }
}

function checkServices(
  read: Read,
  findings: Findings,
  spec: FailoverSpec,
  backings: readonly FoundBacking[],
  { outlierDetection, meshes }: FailoverContext,
): void {
  if (backings.length === 0) {
    const message = `There must be at least one service declared for the ${spec.ref.kind}.`;
    findings.error('NoBackingServices', spec.servicesPath, message);
  }
  for (const { ref, path, destination } of backings) {
    if (destination !== undefined) continue;
    findings.error('BackingServiceNotFound', path, `Backing service ${formatService(ref)} not found in discovery resources.`);
  }
  const found = backings.filter(isFound);
  for (const { ref, path, destination } of found) {
    if (spec.port === undefined || backingPort(destination.ports, spec.port) !== undefined) continue;
    const ports = destination.ports.map(({ number }) => number).join(', ');
    const message = `Service ${formatService(ref)} has several ports, none of which is the one asked for: choose one of ${ports}.`;
    findings.error('BackingPortNotFound', path, message);
  }
  for (const { ref, path, destination } of found) {
    if (read(outlierDetection, destination.key) !== undefined) continue;
    const message = `Service ${formatService(ref)} does not have any TrafficPolicies that apply OutlierDetection settings.`;
    findings.error('MissingOutlierDetection', path, message);
  }
  for (const { ref, path, destination } of found) {
    if (destination.mesh === '' || read(meshes.meshes, destination.mesh) !== undefined) continue;
    const message = `Mesh ${destination.mesh} for service ${formatService(ref)} not found in discovery resources.`;
    findings.error('BackingMeshNotFound', path, message);
  }
}

function isFound(backing: FoundBacking): backing is FoundBacking & { readonly destination: Destination } {
  return backing.destination !== undefined;
}

function checkMeshes(
  read: Read,
  findings: Findings,
  spec: FailoverSpec,
  backings: readonly FoundBacking[],
  tables: MeshTables,
): void {
  if (!hasMeshes(read, tables)) return;
  if (spec.needsMeshes && spec.meshes.length === 0) {
    findings.error('MissingMeshes', ['spec', 'meshes'], 'Missing required field "meshes".');
  }
  for (const { ref, path } of spec.meshes) {
    if (read(tables.meshes, objectKey(ref)) !== undefined) continue;
    findings.error('MeshNotFound', path, `Mesh ${objectKey(ref)} not found in discovery resources.`);
  }
  if (spec.virtualMesh && read(tables.virtualMeshes, objectKey(spec.virtualMesh.ref)) === undefined) {
    const message = `VirtualMesh ${objectKey(spec.virtualMesh.ref)} not found.`;
    findings.error('VirtualMeshNotFound', spec.virtualMesh.path, message);
  }
  checkGrouping(read, findings, spec, involvedMeshes(read, spec, backings, tables), tables);
}

/** Several meshes must share one VirtualMesh, or traffic could not pass between them. */
function checkGrouping(read: Read, findings: Findings, spec: FailoverSpec, meshes: readonly string[], tables: MeshTables): void {
  if (meshes.length < 2) return;
  for (const mesh of meshes) {
    if (read(tables.virtualMeshesOf, mesh) !== undefined) continue;
    findings.error('MeshNotGrouped', spec.servicesPath, `Mesh ${mesh} is not grouped in a VirtualMesh.`);
  }
  const parents = parentsOf(read, meshes, tables);
  if (parents.length < 2) return;
  const message = `Services belong to multiple different parent VirtualMeshes: [${parents.join(', ')}]`;
  findings.error('SeveralVirtualMeshes', spec.servicesPath, message);
}

/** The meshes of the backing services and those that the resource is visible to, as far as they exist. */
function involvedMeshes(read: Read, spec: FailoverSpec, backings: readonly FoundBacking[], tables: MeshTables): readonly string[] {
  const backing = backings.flatMap(({ destination }) => (destination && destination.mesh !== '' ? [destination.mesh] : []));
  const visible = spec.meshes.map(({ ref }) => objectKey(ref));
  return [...new Set([...backing, ...visible])].filter((mesh) => read(tables.meshes, mesh) !== undefined).sort();
}

function parentsOf(read: Read, meshes: readonly string[], tables: MeshTables): readonly string[] {
  return [...new Set(meshes.flatMap((mesh) => read(tables.virtualMeshesOf, mesh) ?? []))].sort();
}

const dns1123Subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function checkHostname(
  read: Read,
  findings: Findings,
  spec: FailoverSpec,
  backings: readonly FoundBacking[],
  tables: MeshTables,
): void {
  const { hostname } = spec;
  const path = ['spec', 'hostname'];
  if (hostname === '') {
    findings.error('MissingHostname', path, 'Missing required field "hostname".');
    return;
  }
  if (hostname.length > 253 || !dns1123Subdomain.test(hostname)) {
    const rule =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    findings.error('InvalidHostname', path, `Invalid hostname ${hostname}: ${rule}`);
  }
  const [parent, ...others] = parentsOf(read, involvedMeshes(read, spec, backings, tables), tables);
  const suffix = parent === undefined || others.length > 0 ? '' : (read(tables.virtualMeshes, parent)?.hostnameSuffix ?? '');
  if (suffix === '' || hostname.endsWith(`.${suffix.replace(/^\./, '')}`)) return;
  findings.error('MissingHostnameSuffix', path, `Provided hostname ${hostname} is missing required suffix "${suffix}".`);
}

function checkRepeated(findings: Findings, { services }: FailoverSpec): void {
  const seen = new Set<string>();
  for (const { ref, path } of services) {
    const service = formatService(ref);
    if (seen.has(service)) findings.error('RepeatedBackingService', path, `Backing service ${service} is listed more than once.`);
    seen.add(service);
  }
}
