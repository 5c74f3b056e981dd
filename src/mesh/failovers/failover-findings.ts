/**
 * Mistakes in a FailoverService or VirtualDestination, apart from conflicts with other resources. All errors are collected. The messages
 * are Gloo Mesh's own, so that its documentation explains them.
 */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { Read } from '../../graph/index.js';
import { type FoundBackend, crowdedClusters, findBackends } from './backends.js';
import { backingPort } from '../discovery/services/backing-port.js';
import { checkBackendSelectors } from './backend-findings.js';
import type { FailoverPort, FailoverSpec } from '../model/failover-spec.js';
import { type Findings, collectFindings } from '../model/finding.js';
import { type MeshTables, hasMeshes } from '../discovery/services/meshes.js';
import { checkDirectives } from '../preference/mapping-findings.js';
import { failoverKey } from '../model/failover-key.js';
import { type Destination, formatService } from '../model/model.js';
import { type MeshKey, type VirtualMeshKey, NO_MESH, meshKey, virtualMeshKey } from '../model/object-key.js';
import { destinationPortKey, failoverPortKey } from '../model/target-key.js';
import type { OutlierDetectionTable } from '../policies/outlier-detection-policies.js';
import type { WorkspaceTables } from '../model/workspaces.js';
import { parseProtocol } from '../model/protocol.js';
import type { Selectable } from '../policies/selection/policy-selection.js';
import { checkOutlierDetection } from '../policies/traffic-policy-findings.js';

export interface FailoverContext extends Selectable {
  readonly workspaces: WorkspaceTables;
  readonly meshes: MeshTables;
  readonly outlierDetection: OutlierDetectionTable;
}

/** The findings before and after the one about a conflicting hostname. That one needs all failover destinations. */
export interface OwnFindings {
  readonly beforeClaim: readonly Diagnostic[];
  readonly afterClaim: readonly Diagnostic[];
}

export function ownFindings(read: Read, spec: FailoverSpec, context: FailoverContext): OwnFindings {
  const findings = collectFindings(spec.ref);
  const backends = findBackends(read, spec, context);
  checkPorts(findings, spec);
  checkServices(read, findings, spec, backends, context);
  checkMeshes(read, findings, spec, backends, context.meshes);
  checkHostnames(read, findings, spec, backends, context.meshes);
  const after = collectFindings(spec.ref);
  checkRepeated(after, spec);
  checkLocalized(after, spec, backends);
  checkSelected(after, spec, backends);
  return { beforeClaim: findings.all, afterClaim: after.all };
}

function checkPorts(findings: Findings, { ports, fields }: FailoverSpec): void {
  if (ports.length === 0)
    findings.error('MissingPort', ['spec', fields.port], `Missing required field "${fields.port}".`);
  for (const port of ports) checkPort(findings, port);
}

function checkPort(findings: Findings, { number, protocol, path }: FailoverPort): void {
  if (number < 1 || number > 65535) {
    const message = `Invalid port number ${number}: must be between 1 and 65535, inclusive.`;
    findings.error('InvalidPortNumber', [...path, 'number'], message);
  }
  if (parseProtocol(protocol) === undefined) {
    findings.error(
      'InvalidProtocol',
      [...path, 'protocol'],
      `Invalid protocol for port: ${protocol}. It must be HTTP, HTTPS, GRPC, HTTP2, MONGO, TCP or TLS.`,
    );
  }
}

function checkServices(
  read: Read,
  findings: Findings,
  spec: FailoverSpec,
  backends: readonly FoundBackend[],
  context: FailoverContext,
): void {
  if (!isDeclared(spec)) {
    const message = `There must be at least one service declared for the ${spec.ref.kind}.`;
    findings.error('NoBackingServices', spec.backendsPath, message);
  }
  checkBackendSelectors(read, findings, spec, backends.length === 0, context);
  for (const { value, path, destination } of backends) {
    if (destination !== undefined) continue;
    findings.error(
      'BackingServiceNotFound',
      path,
      `Backing service ${formatService(value)} not found in discovery resources.`,
    );
  }
  const found = backends.filter(isFound);
  for (const backend of found) checkBackingPorts(findings, spec.ports, backend);
  const { meshes } = context;
  for (const { value, path, destination } of found) {
    if (spec.backends.type !== 'static' || isDetected(read, spec, destination, context)) continue;
    const message = `Service ${formatService(value)} does not have any TrafficPolicies that apply OutlierDetection settings.`;
    findings.error('MissingOutlierDetection', path, message);
  }
  for (const { value, path, destination } of found) {
    if (destination.mesh === NO_MESH || read(meshes.meshes, destination.mesh) !== undefined) continue;
    const message = `Mesh ${destination.mesh} for service ${formatService(value)} not found in discovery resources.`;
    findings.error('BackingMeshNotFound', path, message);
  }
}

/** Whether the resource lists or selects backends, even if none exists. */
function isDeclared({ backends }: FailoverSpec): boolean {
  if (backends.type === 'localized') return backends.selectors.length > 0;
  return backends.services.length > 0 || (backends.type === 'selected' && backends.externalServices.length > 0);
}

/** Whether each port has outlier detection, from a policy on the failover destination or on the service behind the port. */
function isDetected(
  read: Read,
  { ref, ports }: FailoverSpec,
  { key, ports: own }: Destination,
  { outlierDetection }: FailoverContext,
): boolean {
  const failover = failoverKey(ref);
  return ports.every((port) => {
    const backing = backingPort(own, port);
    const keys = [
      failoverPortKey(failover, port.number),
      ...(backing === undefined ? own.map(({ number }) => number) : [backing]).map((number) =>
        destinationPortKey(key, number),
      ),
    ];
    return keys.some((candidate) => read(outlierDetection, candidate) !== undefined);
  });
}

function checkBackingPorts(
  findings: Findings,
  ports: readonly FailoverPort[],
  { value, path, destination }: Required<FoundBackend>,
): void {
  for (const port of ports) {
    if (backingPort(destination.ports, port) !== undefined) continue;
    findings.error('BackingPortNotFound', path, `Service ${formatService(value)} ${describePorts(port, destination)}`);
  }
}

/** The ports of the service, for the message that none of them matches. */
function describePorts({ targetName, targetNumber, number }: FailoverPort, { ports }: Destination): string {
  const choice = ports
    .map((port) => (port.name === '' ? String(port.number) : `${port.number} (${port.name})`))
    .join(', ');
  const wanted = targetName === undefined ? String(targetNumber ?? number) : `named ${targetName}`;
  if (ports.length === 0) return `has no ports, so none is ${wanted}.`;
  if (ports.length === 1) return `has no port ${wanted}: its only port is ${choice}.`;
  return `has several ports, and none is ${wanted}: choose one of ${choice}.`;
}

function isFound(backend: FoundBackend): backend is FoundBackend & { readonly destination: Destination } {
  return backend.destination !== undefined;
}

function checkMeshes(
  read: Read,
  findings: Findings,
  spec: FailoverSpec,
  backends: readonly FoundBackend[],
  tables: MeshTables,
): void {
  if (!hasMeshes(read, tables)) return;
  if (spec.needsMeshes && spec.meshes.length === 0) {
    findings.error('MissingMeshes', ['spec', 'meshes'], 'Missing required field "meshes".');
  }
  for (const { value, path } of spec.meshes) {
    if (read(tables.meshes, meshKey(value)) !== undefined) continue;
    findings.error('MeshNotFound', path, `Mesh ${meshKey(value)} not found in discovery resources.`);
  }
  if (spec.virtualMesh && read(tables.virtualMeshes, virtualMeshKey(spec.virtualMesh.value)) === undefined) {
    const message = `VirtualMesh ${virtualMeshKey(spec.virtualMesh.value)} not found.`;
    findings.error('VirtualMeshNotFound', spec.virtualMesh.path, message);
  }
  checkGrouping(read, findings, spec, involvedMeshes(read, spec, backends, tables), tables);
}

/** Traffic can pass between meshes only if they are in one VirtualMesh. */
function checkGrouping(
  read: Read,
  findings: Findings,
  spec: FailoverSpec,
  meshes: readonly MeshKey[],
  tables: MeshTables,
): void {
  if (meshes.length < 2) return;
  for (const mesh of meshes) {
    if (read(tables.virtualMeshesOf, mesh) !== undefined) continue;
    findings.error('MeshNotGrouped', spec.backendsPath, `Mesh ${mesh} is not grouped in a VirtualMesh.`);
  }
  const parents = parentsOf(read, meshes, tables);
  if (parents.length < 2) return;
  const message = `Services belong to multiple different parent VirtualMeshes: [${parents.join(', ')}]`;
  findings.error('SeveralVirtualMeshes', spec.backendsPath, message);
}

/** The existing meshes of the backends, and the meshes that see the resource. */
function involvedMeshes(
  read: Read,
  spec: FailoverSpec,
  backends: readonly FoundBackend[],
  tables: MeshTables,
): readonly MeshKey[] {
  const backing = backends.flatMap(({ destination }) =>
    destination && destination.mesh !== NO_MESH ? [destination.mesh] : [],
  );
  const visible = spec.meshes.map(({ value }) => meshKey(value));
  return [...new Set([...backing, ...visible])].filter((mesh) => read(tables.meshes, mesh) !== undefined).sort();
}

function parentsOf(read: Read, meshes: readonly MeshKey[], tables: MeshTables): readonly VirtualMeshKey[] {
  return [...new Set(meshes.flatMap((mesh) => read(tables.virtualMeshesOf, mesh) ?? []))].sort();
}

const dns1123Subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function checkHostnames(
  read: Read,
  findings: Findings,
  spec: FailoverSpec,
  backends: readonly FoundBackend[],
  tables: MeshTables,
): void {
  const { hosts, fields } = spec;
  if (hosts.length === 0)
    findings.error('MissingHostname', ['spec', fields.host], `Missing required field "${fields.host}".`);
  for (const { value, path } of hosts) {
    if (value.length <= 253 && dns1123Subdomain.test(value)) continue;
    findings.error('InvalidHostname', path, `Invalid hostname ${value}: ${DNS1123_RULE}${hostnameHint(value)}`);
  }
  const [parent, ...others] = parentsOf(read, involvedMeshes(read, spec, backends, tables), tables);
  const suffix =
    parent === undefined || others.length > 0 ? '' : (read(tables.virtualMeshes, parent)?.hostnameSuffix ?? '');
  for (const { value, path } of hosts) {
    if (suffix === '' || value.endsWith(`.${suffix.replace(/^\./, '')}`)) continue;
    findings.error('MissingHostnameSuffix', path, `Provided hostname ${value} is missing required suffix "${suffix}".`);
  }
}

const DNS1123_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

/** The hostname that was probably meant, as a sentence. */
function hostnameHint(hostname: string): string {
  if (hostname.includes('://')) return '. A hostname has no scheme such as http://.';
  if (/[\s,;]/.test(hostname.trim())) return '. List several hostnames one by one.';
  if (/:\d+$/.test(hostname)) return '. Set the port in its own field.';
  if (hostname.includes('*')) return '. Wildcards are not supported: list each hostname.';
  return hostname.endsWith('.') ? '. Remove the dot at the end.' : '';
}

function checkRepeated(findings: Findings, { backends }: FailoverSpec): void {
  if (backends.type !== 'static') return;
  const seen = new Set<string>();
  for (const { value, path } of backends.services) {
    const service = formatService(value);
    if (seen.has(service))
      findings.error('RepeatedBackingService', path, `Backing service ${service} is listed more than once.`);
    seen.add(service);
  }
}

/** A VirtualDestination of Gloo Mesh 2 may have several services of one cluster, but more often its selector is too wide. */
function checkSelected(
  findings: Findings,
  { backends, backendsPath }: FailoverSpec,
  found: readonly FoundBackend[],
): void {
  if (backends.type !== 'selected') return;
  for (const [cluster, services] of crowdedClusters(found)) {
    const where = cluster === '' ? 'without a cluster' : `of cluster ${cluster}`;
    const message = `Several services ${where} are selected (${services}), so each request goes to any of them. If they are different applications, select one of them.`;
    findings.warning('CrowdedCluster', backendsPath, message);
  }
}

function checkLocalized(findings: Findings, spec: FailoverSpec, backends: readonly FoundBackend[]): void {
  if (spec.backends.type !== 'localized') return;
  for (const [cluster, services] of crowdedClusters(backends)) {
    const message = `At most one Destination per cluster may be selected, but in cluster ${cluster} there are ${services}.`;
    findings.error('CrowdedCluster', spec.backendsPath, message);
  }
  checkDirectives(findings, spec.directives, ['spec', 'localized', 'failoverDirectives']);
  if (spec.outlierDetection)
    checkOutlierDetection(findings, spec.outlierDetection, ['spec', 'localized', 'outlierDetection']);
}
