/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route.proto */
import protobuf from 'protobufjs/minimal.js';
import type { RouteConfiguration } from '../../generated/envoy.js';
import { encodeEnvoyMessage } from '../../proto/envoy-types.js';
import { finishMessage } from '../../proto/finish-message.js';
import type { GuardedBytes, LeftOut } from '../rows/guarded.js';

/** The tag of the field `virtual_hosts`, length-delimited. */
const VIRTUAL_HOSTS = (2 << 3) | 2;

/**
 * Encodes a route configuration from encoded virtual hosts. Its name is the port, without the listener's offset. The port in a host header
 * is ignored, because clients may leave it out, or send the one with the offset.
 */
function encodeRouteConfiguration(port: number, hosts: readonly Uint8Array[]): Uint8Array {
  const head: RouteConfiguration = { name: String(port), ignorePortInHostMatching: true, validateClusters: false };
  const writer = protobuf.Writer.create().raw(encodeEnvoyMessage('envoy.config.route.v3.RouteConfiguration', head));
  for (const host of hosts) writer.uint32(VIRTUAL_HOSTS).bytes(host);
  return finishMessage(writer);
}

/** A virtual host or a route configuration, with the names of its clusters. */
export interface EncodedRoutes extends GuardedBytes {
  readonly name: string;
  readonly leftOut?: readonly LeftOut[];
  readonly clusters?: readonly string[];
}

/**
 * The encoder makes a route configuration for a port, with the clusters of its hosts, sorted. For the same hosts as last time it returns the
 * same object, because the object is large and clients in many localities share it. Hosts that Envoy would reject are left out.
 */
export function routeConfigurationEncoder(): (port: string, hosts: readonly EncodedRoutes[]) => EncodedRoutes {
  const latest = new WeakMap<
    EncodedRoutes,
    { readonly hosts: readonly EncodedRoutes[]; readonly message: EncodedRoutes }
  >();
  return (port, hosts) => {
    const known = hosts[0] && latest.get(hosts[0]);
    if (known?.message.name === port && sameItems(known.hosts, hosts)) return known.message;
    const sound = hosts.filter(({ rejection }) => rejection === undefined);
    const bytes = encodeRouteConfiguration(
      Number(port),
      sound.map((host) => host.bytes),
    );
    const clusters = [...new Set(sound.flatMap((host) => host.clusters ?? []))].sort();
    const leftOut = hosts.flatMap(({ name, rejection }) => (rejection === undefined ? [] : [{ name, rejection }]));
    const message = { name: port, bytes, clusters, ...(leftOut.length > 0 && { leftOut }) };
    if (hosts[0]) latest.set(hosts[0], { hosts, message });
    return message;
  };
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** The route configuration with one more virtual host. */
export function appendVirtualHost(configuration: Uint8Array, host: Uint8Array): Uint8Array {
  return finishMessage(protobuf.Writer.create().raw(configuration).uint32(VIRTUAL_HOSTS).bytes(host));
}
