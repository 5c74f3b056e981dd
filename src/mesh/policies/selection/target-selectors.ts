/** The targets of policies' selectors: destinations and failover destinations of the policy's workspace, and their ports. */
import { type FieldPath, type Resource, CLUSTER_ANNOTATION, compareText } from '../../../api/resource.js';
import type {
  DestinationKind,
  DestinationSelectorV2,
  ObjectSelectorV2,
  PortSelector,
} from '../../../generated/resources.js';
import type { Read } from '../../../graph/index.js';
import { type Conditions, type SelectableTable, selectKeys } from '../../discovery/services/selector-index.js';
import type { DestinationTables } from '../../discovery/destinations.js';
import { type FailoverKey, parseFailoverKey } from '../../model/failover-key.js';
import { type FailoverResource, toFailoverSpec } from '../../model/failover-spec.js';
import type { Findings } from '../../model/finding.js';
import type { Destination } from '../../model/model.js';
import type { DestinationKey } from '../../model/object-key.js';
import { type TargetKey, isFailover, nameOfTarget } from '../../model/target-key.js';
import { checkSelectorLabels, checkName, checkPlace } from '../../model/selector-findings.js';
import { type WorkspaceTables, membershipIn } from '../../model/workspaces.js';

/** The kinds of targets. No selector names FailoverServices, but a policy can select their routes by label. */
export type TargetKind = DestinationKind | 'FAILOVER_SERVICE';

/** One selector of a policy. A target must meet all conditions. */
export interface TargetSelector {
  /** The path of the selector in the resource. */
  readonly path: FieldPath;
  readonly kinds: readonly TargetKind[];
  readonly conditions: Conditions;
  readonly workspace?: string | undefined;
  /** Absent: all ports. */
  readonly port?: PortSelector | undefined;
}

/** A target that a policy selects. */
export interface Selected {
  readonly target: TargetKey;
  /** The numbers of the selected ports. Absent: all ports. */
  readonly ports?: readonly number[];
}

/** The targets that a policy selects, sorted. */
export type Selection = ReadonlyMap<TargetKey, Selected>;

/** The tables that selectors select from. */
export interface Candidates {
  readonly selectableFailovers: SelectableTable<FailoverKey, FailoverResource>;
  readonly destinations: DestinationTables;
}

export interface TargetTables extends Candidates {
  readonly workspaces: WorkspaceTables;
}

const nouns: Readonly<Record<TargetKind, string>> = {
  SERVICE: 'service',
  EXTERNAL_SERVICE: 'external service',
  VIRTUAL_DESTINATION: 'VirtualDestination',
  FAILOVER_SERVICE: 'FailoverService',
};

export function describeKinds(kinds: readonly TargetKind[]): string {
  return kinds.map((kind) => nouns[kind]).join(' or ');
}

const MAX_NAMES = 3;

/** `shop.team, cart.team, web.team and 2 more`. */
export function describeNames(targets: readonly TargetKey[]): string {
  const shown = targets.slice(0, MAX_NAMES).map(nameOfTarget).join(', ');
  return targets.length > MAX_NAMES ? `${shown} and ${targets.length - MAX_NAMES} more` : shown;
}

/** The targets that at least one of the selectors selects, sorted. */
export function selectAll(
  read: Read,
  policy: Resource<unknown>,
  selectors: readonly TargetSelector[],
  tables: TargetTables,
): Selection {
  const all = selectors.map((selector) => select(read, policy, selector, tables));
  const merged = new Map<TargetKey, Selected>();
  for (const one of all.flat()) merged.set(one.target, union(merged.get(one.target), one));
  return all.length > 1 ? new Map([...merged].sort(([a], [b]) => compareText(a, b))) : merged;
}

function union(a: Selected | undefined, b: Selected): Selected {
  if (a === undefined) return b;
  if (a.ports === undefined || b.ports === undefined) return { target: b.target };
  return { target: b.target, ports: [...new Set([...a.ports, ...b.ports])].sort((x, y) => x - y) };
}

/** A policy selects nothing if its namespace is in no workspace, or in a workspace that reads no policies from this namespace. */
function select(
  read: Read,
  policy: Resource<unknown>,
  selector: TargetSelector,
  tables: TargetTables,
): readonly Selected[] {
  const membership = membershipIn(read, tables.workspaces.memberships, policy);
  if (membership?.configEnabled !== true) return [];
  const { workspace } = membership;
  if (selector.workspace !== undefined && selector.workspace !== workspace) return [];
  return matching(read, selector, tables).flatMap((target): readonly Selected[] => {
    if (workspaceOf(read, target, tables) !== workspace) return [];
    const ports = portsOf(read, target, selector, tables);
    return ports?.length === 0 ? [] : [{ target, ...(ports && { ports }) }];
  });
}

/** The targets of any workspace that meet the conditions, sorted. The port is not compared. */
export function matching(
  read: Read,
  { kinds, conditions }: TargetSelector,
  { selectableFailovers, destinations }: Candidates,
): readonly TargetKey[] {
  const failovers = kinds.some(isFailoverKind)
    ? selectKeys(read, selectableFailovers, [conditions]).filter((key) => kinds.includes(kindOfFailover(key)))
    : [];
  const both = kinds.includes('SERVICE') && kinds.includes('EXTERNAL_SERVICE');
  const services: readonly DestinationKey[] = kinds.some((kind) => !isFailoverKind(kind))
    ? selectKeys(read, destinations.selectable, [conditions])
    : [];
  const meant = both
    ? services
    : services.filter((key) => kinds.includes(kindOfDestination(read(destinations.destinations, key))));
  return [...meant, ...failovers];
}

function isFailoverKind(kind: TargetKind): boolean {
  return kind === 'VIRTUAL_DESTINATION' || kind === 'FAILOVER_SERVICE';
}

function kindOfFailover(key: FailoverKey): TargetKind {
  return parseFailoverKey(key).kind === 'FailoverService' ? 'FAILOVER_SERVICE' : 'VIRTUAL_DESTINATION';
}

function kindOfDestination(destination: Destination | undefined): TargetKind {
  return destination?.service === undefined ? 'EXTERNAL_SERVICE' : 'SERVICE';
}

/** The workspace of a target; `undefined` if it belongs to none. */
export function workspaceOf(
  read: Read,
  target: TargetKey,
  { selectableFailovers, destinations, workspaces }: TargetTables,
): string | undefined {
  const subject = isFailover(target)
    ? read(selectableFailovers.rows, target)
    : ownObject(read(destinations.destinations, target));
  return subject && membershipIn(read, workspaces.memberships, subject)?.workspace;
}

/** A service belongs to the workspace that contains the service's own namespace in its own cluster. */
function ownObject(destination: Destination | undefined): Pick<Resource<unknown>, 'ref' | 'annotations'> | undefined {
  if (destination === undefined) return undefined;
  const { service, ref } = destination;
  const { name, namespace } = service ?? ref;
  return {
    ref: { kind: 'Destination', name, namespace },
    annotations: service ? { [CLUSTER_ANNOTATION]: service.cluster } : {},
  };
}

/** The ports of a target that the selector selects; `undefined` for all of them. */
function portsOf(
  read: Read,
  target: TargetKey,
  { port }: TargetSelector,
  tables: TargetTables,
): readonly number[] | undefined {
  if (port === undefined) return undefined;
  return allPorts(read, target, tables)
    .filter(
      ({ number, name }) =>
        (port.number === undefined || port.number === number) && (port.name === undefined || port.name === name),
    )
    .map(({ number }) => number);
}

export interface TargetPort {
  readonly number: number;
  readonly name?: string | undefined;
}

export function allPorts(
  read: Read,
  target: TargetKey,
  { selectableFailovers, destinations }: TargetTables,
): readonly TargetPort[] {
  if (!isFailover(target)) return read(destinations.destinations, target)?.ports ?? [];
  const resource = read(selectableFailovers.rows, target);
  return resource === undefined ? [] : toFailoverSpec(resource).ports;
}

/** The selectors of a policy's field. Without selectors, the policy selects all objects of these kinds. So does a selector without a kind. */
export function toTargetSelectors(
  selectors: readonly DestinationSelectorV2[] = [],
  path: FieldPath,
  kinds: readonly TargetKind[],
): readonly TargetSelector[] {
  if (selectors.length === 0) return [{ path, kinds, conditions: {} }];
  return selectors.map((selector, i) => toTargetSelector(selector, [...path, i], kinds));
}

export function toTargetSelector(
  { kind, selector = {}, port }: DestinationSelectorV2,
  path: FieldPath,
  kinds: readonly TargetKind[],
): TargetSelector {
  const { workspace } = selector;
  return { path, kinds: kind === undefined ? kinds : [kind], conditions: toConditions(selector), workspace, port };
}

/** An absent field matches everything. */
export function toConditions({ name, namespace, cluster, labels }: ObjectSelectorV2): Conditions {
  return { name, namespaces: listOf(namespace), clusters: listOf(cluster), labels };
}

function listOf(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}

/** A kind that the policy cannot apply to is an error, not an empty selection. So is a value that no object can have. */
export function checkTargetSelectors(
  findings: Findings,
  policy: string,
  selectors: readonly DestinationSelectorV2[] | undefined,
  path: FieldPath,
  allowed: readonly DestinationKind[],
): void {
  selectors?.forEach((selector, i) => checkTargetSelector(findings, policy, selector, [...path, i], allowed));
}

export function checkTargetSelector(
  findings: Findings,
  policy: string,
  { kind, selector, port }: DestinationSelectorV2,
  path: FieldPath,
  allowed: readonly DestinationKind[],
): void {
  if (kind !== undefined && !allowed.includes(kind)) {
    findings.error(
      'KindNotSelectable',
      [...path, 'kind'],
      `${policy} cannot apply to ${kind}: use kind ${allowed.join(' or ')}.`,
    );
  }
  if (selector) checkObjectSelector(findings, selector, [...path, 'selector']);
  if (port) checkPort(findings, port, [...path, 'port']);
}

export function checkObjectSelector(
  findings: Findings,
  { name, namespace, cluster, workspace, labels }: ObjectSelectorV2,
  path: FieldPath,
): void {
  checkName(findings, name, [...path, 'name']);
  checkName(findings, namespace, [...path, 'namespace']);
  checkPlace(findings, cluster, [...path, 'cluster']);
  checkPlace(findings, workspace, [...path, 'workspace']);
  checkSelectorLabels(findings, labels, [...path, 'labels']);
}

function checkPort(findings: Findings, { number, name }: PortSelector, path: FieldPath): void {
  if (number === undefined && name === undefined)
    findings.error('InvalidSelector', path, 'A port needs a number or a name. Remove it to select all ports.');
  if (number !== undefined && (number < 1 || number > 65535)) {
    findings.error(
      'InvalidPortNumber',
      [...path, 'number'],
      `Invalid port number ${number}: must be between 1 and 65535, inclusive.`,
    );
  }
  checkName(findings, name, [...path, 'name']);
}
