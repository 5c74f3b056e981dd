/**
 * What Envoy checks in its code rather than by rules: each message by its full name. A message is checked when its fields have been.
 */
import { isIP } from 'node:net';
import { type EnvoyMessageName, envoyType } from '../proto/envoy-types.js';
import { regexProblem } from '../re2/re2.js';
import { LENGTH_DELIMITED, WireReader } from '../proto/wire-reader.js';
import type { Refusal } from './refusal.js';

type CodeCheck = (bytes: Buffer) => Refusal | undefined;

/** By full name of the message. */
export function createCodeChecks(): Readonly<Record<string, CodeCheck>> {
  return { ...plainChecks, 'envoy.type.matcher.v3.RegexMatcher': regexCheck() };
}

const plainChecks: Readonly<Record<string, CodeCheck>> = {
  'envoy.config.core.v3.HeaderValueOption': checkHeaderOption,
  'envoy.config.route.v3.VirtualHost': checkVirtualHost,
  'envoy.config.route.v3.RouteConfiguration': checkRouteConfiguration,
  'envoy.config.route.v3.Route': checkRemovedHeaders(12, 11),
  'envoy.config.route.v3.WeightedCluster': checkWeights,
  'envoy.config.route.v3.WeightedCluster.ClusterWeight': checkRemovedHeaders(9, 6),
  'envoy.config.listener.v3.Listener': checkListener,
  'envoy.config.cluster.v3.Cluster': checkCluster,
  'envoy.config.endpoint.v3.ClusterLoadAssignment': checkLoadAssignment,
};

const LARGEST_UINT32 = 0xffff_ffff;

/** The texts of a field of the message, those of its parts not included. */
export function textsOf(bytes: Buffer, id: number): readonly string[] {
  return spansOf(bytes, id).map((part) => part.toString());
}

/** The parts of a field, as bytes. */
export function spansOf(bytes: Buffer, id: number): readonly Buffer[] {
  const parts: Buffer[] = [];
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 !== id || (tag & 7) !== LENGTH_DELIMITED) reader.skip(tag);
    else parts.push(reader.bytes.subarray(reader.span(tag), reader.position));
  }
  return parts;
}

function decode(name: EnvoyMessageName, bytes: Buffer): unknown {
  return envoyType(name).decode(bytes);
}

/** Expressions that are remembered: thousands of routes have the same few. */
const MAX_EXPRESSIONS = 256;

function regexCheck(): CodeCheck {
  const known = new Map<string, string | undefined>();
  return (bytes) => {
    const [regex = ''] = textsOf(bytes, 2);
    if (!known.has(regex)) {
      if (known.size >= MAX_EXPRESSIONS) known.clear();
      known.set(regex, regexProblem(regex));
    }
    const problem = known.get(regex);
    return problem === undefined ? undefined : { path: 'regex', problem };
  };
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators */
const COMMAND = /%%|%[A-Z_0-9]+(?:\([^)]*\))?(?::\d+)?%/g;

function checkHeaderOption(bytes: Buffer): Refusal | undefined {
  const [header = Buffer.alloc(0)] = spansOf(bytes, 1);
  const [[key = ''], [value = '']] = [textsOf(header, 1), textsOf(header, 2)];
  if (mustStay(key)) return { path: 'header.key', problem: `${key} may not be changed` };
  return value.replaceAll(COMMAND, '').includes('%') ? { path: 'header.value', problem: 'has a % that begins no variable; write %%' } : undefined;
}

function mustStay(header: string): boolean {
  return header.startsWith(':') || header.toLowerCase() === 'host';
}

/** Fields `requestHeadersToRemove` and `responseHeadersToRemove`. */
function checkRemovedHeaders(request: number, response: number): CodeCheck {
  return (bytes) => {
    const reader = new WireReader(bytes);
    while (!reader.done) {
      const tag = reader.tag();
      const id = tag >>> 3;
      if (id !== request && id !== response) {
        reader.skip(tag);
        continue;
      }
      const name = reader.string(tag);
      if (mustStay(name)) return { path: id === request ? 'requestHeadersToRemove' : 'responseHeadersToRemove', problem: `${name} may not be removed` };
    }
    return undefined;
  };
}

function checkVirtualHost(bytes: Buffer): Refusal | undefined {
  return checkDomains(textsOf(bytes, 2), new Set()) ?? checkRemovedHeaders(13, 11)(bytes);
}

/** Envoy compares without regard to case, and each is one host's. */
function checkDomains(domains: readonly string[], taken: Set<string>): Refusal | undefined {
  for (const domain of domains) {
    const name = domain.toLowerCase();
    if (taken.has(name)) return { path: 'domains', problem: `${domain} is there twice` };
    taken.add(name);
  }
  return undefined;
}

function checkRouteConfiguration(bytes: Buffer): Refusal | undefined {
  const taken = new Set<string>();
  for (const [i, host] of spansOf(bytes, 2).entries()) {
    const refusal = checkDomains(textsOf(host, 2), taken);
    if (refusal !== undefined) return { ...refusal, path: `virtualHosts[${i}].${refusal.path}` };
  }
  return undefined;
}

function checkWeights(bytes: Buffer): Refusal | undefined {
  const { clusters } = decode('envoy.config.route.v3.WeightedCluster', bytes) as { readonly clusters: readonly { readonly weight?: { readonly value: number } }[] };
  return checkSum(clusters.map(({ weight }) => weight?.value ?? 0), 'clusters');
}

function checkSum(weights: readonly number[], path: string): Refusal | undefined {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum > LARGEST_UINT32) return { path, problem: `the weights add up to ${sum}, which is more than 4294967295` };
  return sum === 0 ? { path, problem: 'the weights add up to 0' } : undefined;
}

interface DecodedListener {
  readonly address?: { readonly socketAddress?: { readonly address: string } };
  readonly filterChains: readonly { readonly filterChainMatch?: { readonly serverNames: readonly string[]; toJSON(): unknown } }[];
}

function checkListener(bytes: Buffer): Refusal | undefined {
  const { address, filterChains } = decode('envoy.config.listener.v3.Listener', bytes) as DecodedListener;
  const ip = address?.socketAddress?.address;
  if (ip !== undefined && isIP(ip) === 0) return { path: 'address.socketAddress.address', problem: `${ip} is no IP address` };
  const taken = new Set<string>();
  for (const [i, { filterChainMatch: match }] of filterChains.entries()) {
    const problem = serverNameProblem(match?.serverNames ?? []) ?? matchProblem(match, taken);
    if (problem !== undefined) return { path: `filterChains[${i}].filterChainMatch`, problem };
  }
  return undefined;
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch */
function serverNameProblem(names: readonly string[]): string | undefined {
  const name = names.find((candidate) => candidate.replace(/^\*\./, '').includes('*'));
  return name === undefined ? undefined : `${name}: a server name takes only a whole first label as a wildcard`;
}

/** Two chains may not match alike; of server names each counts. */
function matchProblem(match: DecodedListener['filterChains'][number]['filterChainMatch'], taken: Set<string>): string | undefined {
  const { serverNames = [], ...others } = (match?.toJSON() ?? {}) as { readonly serverNames?: readonly string[] };
  for (const name of serverNames.length === 0 ? [''] : serverNames) {
    const key = JSON.stringify([name.toLowerCase(), others]);
    if (taken.has(key)) return name === '' ? 'another chain matches the same' : `${name} is in another chain too`;
    taken.add(key);
  }
  return undefined;
}

const EDS = 3;
const AGGREGATE = 'envoy.clusters.aggregate';

interface DecodedCluster {
  readonly name: string;
  readonly type: number;
  readonly edsClusterConfig?: object;
  readonly clusterType?: { readonly name: string; readonly typedConfig?: { readonly value: Buffer } };
}

/** What a cluster of endpoints by EDS has is looked at by number, as there are thousands. */
function checkCluster(bytes: Buffer): Refusal | undefined {
  const { name, type, edsClusterConfig, clusterType } = decode('envoy.config.cluster.v3.Cluster', bytes) as DecodedCluster;
  if (type === EDS && !edsClusterConfig && !clusterType) return { path: 'edsClusterConfig', problem: 'is missing' };
  if (clusterType?.name !== AGGREGATE) return undefined;
  const members = textsOf(Buffer.from(clusterType.typedConfig?.value ?? []), 1);
  const wrong = members.find((member) => member === '' || member === name);
  return wrong === undefined ? undefined : { path: 'clusterType.typedConfig.clusters', problem: `${JSON.stringify(wrong)} cannot be a member of ${name}` };
}

/** Field numbers of ClusterLoadAssignment and LocalityLbEndpoints. */
const LOCALITIES = 2;
const WEIGHT = 3;
const PRIORITY = 5;

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/endpoint/v3/endpoint_components.proto#config-endpoint-v3-localitylbendpoints */
function checkLoadAssignment(bytes: Buffer): Refusal | undefined {
  const weights = new Map<number, number>();
  for (const locality of spansOf(bytes, LOCALITIES)) {
    const { priority, weight } = shareOf(locality);
    weights.set(priority, (weights.get(priority) ?? 0) + weight);
  }
  for (const [priority, sum] of weights) {
    if (sum > LARGEST_UINT32) return { path: 'endpoints', problem: `the weights at priority ${priority} add up to ${sum}, which is more than 4294967295` };
    if (priority > 0 && !weights.has(priority - 1)) return { path: 'endpoints', problem: `priority ${priority} follows on none` };
  }
  return undefined;
}

function shareOf(locality: Buffer): { readonly priority: number; readonly weight: number } {
  const reader = new WireReader(locality);
  let [priority, weight] = [0, 0];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 === PRIORITY) priority = reader.varint();
    else if (tag >>> 3 === WEIGHT) weight = valueOf(reader.message(tag));
    else reader.skip(tag);
  }
  return { priority, weight };
}

/** Of a `UInt32Value`. */
function valueOf(wrapper: WireReader): number {
  if (wrapper.done) return 0;
  wrapper.tag();
  return wrapper.varint();
}

/** Endpoints that come by EDS have IP addresses: the field numbers lead from the load assignment to the socket addresses. */
export function checkAddresses(bytes: Buffer): Refusal | undefined {
  for (const [i, locality] of spansOf(bytes, LOCALITIES).entries()) {
    const endpoints = spansOf(locality, 2);
    for (const [j, endpoint] of endpoints.entries()) {
      const sockets = [1, 1, 1].reduce<readonly Buffer[]>((parts, id) => parts.flatMap((part) => spansOf(part, id)), [endpoint]);
      const wrong = sockets.flatMap((socket) => textsOf(socket, 2)).find((address) => isIP(address) === 0);
      if (wrong !== undefined) return { path: `endpoints[${i}].lbEndpoints[${j}].endpoint.address`, problem: `${JSON.stringify(wrong)} is no IP address` };
    }
  }
  return undefined;
}
