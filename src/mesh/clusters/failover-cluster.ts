/**
 * The cluster of a port of a failover destination. Only this module decides between one cluster with priorities and an aggregate cluster.
 */
import { type Read, sameRow } from '../../graph/index.js';
import { parseSubset } from '../discovery/services/subset.js';
import type { Backing, FailoverDestination, FailoverDestinationPort, OutlierDetection } from '../model/model.js';
import { isHttp } from '../model/port-sharing.js';
import { virtualDestinationDefaults } from '../policies/upstreams/outlier-detection.js';
import { connectionSettingsOn } from '../policies/traffic-policies.js';
import { type ClusterContext, hasHostnames, needsHttp2, settingsOf } from './cluster-settings.js';
import type {
  AggregateMember,
  ClusterSettings,
  EdsCluster,
  EndpointCluster,
  UpstreamCluster,
} from './upstream-cluster.js';
import type { FailoverKey } from '../model/failover-key.js';
import { destinationPortKey, failoverPortKey } from '../model/target-key.js';
import { parseMemberName } from '../model/cluster-key.js';
import { failoverClusterName } from './cluster-name.js';

/**
 * Identifies a cluster of a failover destination. `subset` has the format of `formatSubset`, and `member` that of `memberName`. Empty for
 * none.
 */
export interface FailoverPart {
  readonly port: number;
  readonly subset: string;
  readonly member: string;
}

/** `undefined` if the failover destination, the port or the member does not exist. */
export function ofFailover(
  read: Read,
  key: FailoverKey,
  part: FailoverPart,
  context: ClusterContext,
): UpstreamCluster | undefined {
  const failover = read(context.failovers.failovers, key);
  const port = failover?.ports.find((candidate) => candidate.number === part.port);
  if (failover === undefined || port === undefined) return undefined;
  const members = membersOf(read, key, failover, port, context);
  const rule = read(context.virtualDestinationPolicies.rules, failoverPortKey(key, port.number)) ?? { type: 'listed' };
  const whole = {
    name: failoverClusterName(failover, port.number, part.subset, part.member),
    rule,
    ...chosen(part.subset),
  };
  const single = singleOf(failover, port, members);
  if (part.member !== '') return single ? undefined : memberOf(part.member, failover.listed, members, whole);
  if (single) return { type: single.type, ...whole, backings: port.backings, ...single.settings };
  return { type: 'AGGREGATE', ...whole, backings: port.backings, members, listed: failover.listed };
}

/** The subset of endpoints that the name of a cluster selects. */
export function chosen(subset: string): Pick<EdsCluster, 'subset'> {
  const labels = subset === '' ? undefined : parseSubset(subset);
  return labels === undefined ? {} : { subset: labels };
}

type Single = Pick<AggregateMember, 'type' | 'settings'>;

/** The single cluster, if one is enough. `undefined` if an aggregate is necessary. */
function singleOf(
  { listed }: FailoverDestination,
  { protocol }: FailoverDestinationPort,
  members: readonly AggregateMember[],
): Single | undefined {
  const [first, ...others] = members;
  if (first === undefined) return { type: 'EDS', settings: { http2: needsHttp2(protocol) } };
  if (others.length === 0) return first;
  const alike = listed && members.every(({ type, settings }) => type === 'EDS' && sameRow(settings, first.settings));
  return alike ? first : undefined;
}

function memberOf(
  name: string,
  listed: boolean,
  members: readonly AggregateMember[],
  whole: Pick<EdsCluster, 'name' | 'rule' | 'subset'>,
): EndpointCluster | undefined {
  const parsed = parseMemberName(name);
  const member = members.find(({ id }) => id === parsed?.member);
  if (parsed === undefined || member === undefined || (listed && parsed.run > 1)) return undefined;
  const { type, settings, backings } = member;
  return { type, ...whole, backings, ...(!listed && { run: parsed.run }), ...settings };
}

interface Part {
  readonly list: number;
  readonly backing: Backing;
  readonly type: AggregateMember['type'];
  readonly settings: ClusterSettings;
}

/** If the services are listed, each service is a member of its own. Otherwise, all services with equal settings are one member. */
function membersOf(
  read: Read,
  key: FailoverKey,
  { listed }: FailoverDestination,
  port: FailoverDestinationPort,
  context: ClusterContext,
): readonly AggregateMember[] {
  const groups: Part[][] = [];
  for (const part of partsOf(read, key, listed, port, context)) {
    const group = listed
      ? undefined
      : groups.find(([first]) => first?.type === part.type && sameRow(first.settings, part.settings));
    if (group === undefined) groups.push([part]);
    else group.push(part);
  }
  return groups.flatMap((group) => toMember(group, port.backings.length));
}

function toMember(group: readonly Part[], lists: number): readonly AggregateMember[] {
  const [first] = group;
  if (first === undefined) return [];
  const backings = Array.from({ length: lists }, (_, i) =>
    group.filter(({ list }) => list === i).map(({ backing }) => backing),
  );
  return [{ id: first.backing.destination, type: first.type, settings: first.settings, backings }];
}

/** Settings of the failover destination apply to all of its services. For other settings, each service keeps its own values. */
function partsOf(
  read: Read,
  key: FailoverKey,
  listed: boolean,
  { number, backings, protocol }: FailoverDestinationPort,
  context: ClusterContext,
): readonly Part[] {
  const mode = context.policies.tlsModeOf(read, key);
  const configured = read(context.virtualDestinationPolicies.outlierDetection, failoverPortKey(key, number));
  const connections = connectionSettingsOn(read, key, context.policies);
  const fallback = listed || configured ? undefined : detectionOfServices(read, backings.flat(), context);
  return backings.flatMap((list, i) =>
    list.map((backing): Part => {
      const own = settingsOf(read, backing, context, mode);
      const outlierDetection = configured ?? own.outlierDetection ?? fallback;
      const http2 = isHttp(protocol) && (own.http2 || needsHttp2(protocol));
      const settings = {
        ...own,
        ...(outlierDetection && { outlierDetection }),
        ...(connections && { connections }),
        http2,
      };
      return { list: i, backing, type: hasHostnames(read, backing, context) ? 'STRICT_DNS' : 'EDS', settings };
    }),
  );
}

/**
 * Outlier detection for services that do not configure it: that of another service, so that they can share its cluster, or else the
 * default.
 */
function detectionOfServices(
  read: Read,
  backings: readonly Backing[],
  { virtualDestinationPolicies }: ClusterContext,
): OutlierDetection {
  for (const { destination, port } of backings) {
    const own = read(virtualDestinationPolicies.onPorts, destinationPortKey(destination, port));
    if (own !== undefined) return own;
  }
  return virtualDestinationDefaults;
}
