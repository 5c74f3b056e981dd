/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route.proto */
import protobuf from 'protobufjs/minimal.js';
import type { RouteConfiguration } from '../generated/envoy.js';
import { encodeMessage } from '../proto/envoy-types.js';

/** The field `virtual_hosts`, length-delimited. */
const virtualHosts = (2 << 3) | 2;

/**
 * The bytes of a route configuration, from virtual hosts that are bytes already. It is named after the port, without the
 * listener's offset. The port in a Host header is ignored: clients send it or not, and it may be the offset one.
 */
export function encodeRouteConfiguration(port: number, hosts: readonly Uint8Array[]): Uint8Array {
  const head: RouteConfiguration = { name: String(port), ignorePortInHostMatching: true, validateClusters: false };
  const writer = protobuf.Writer.create().raw(encodeMessage('envoy.config.route.v3.RouteConfiguration', head));
  for (const host of hosts) writer.uint32(virtualHosts).bytes(host);
  return writer.finish();
}

/** The same with one more virtual host. */
export function appendVirtualHost(configuration: Uint8Array, host: Uint8Array): Uint8Array {
  return protobuf.Writer.create().raw(configuration).uint32(virtualHosts).bytes(host).finish();
}
