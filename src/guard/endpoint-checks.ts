/** The checks of endpoints in Envoy's code: priorities, weights and addresses. */
import { isIP } from 'node:net';
import { WireReader, fieldsOf } from '../proto/wire-reader.js';
import { LARGEST_UINT32, textsOf } from './message-parts.js';
import type { Rejection } from './rejection.js';

/** Field numbers of ClusterLoadAssignment and LocalityLbEndpoints. */
const LOCALITIES = 2;
const WEIGHT = 3;
const PRIORITY = 5;

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/endpoint/v3/endpoint_components.proto#config-endpoint-v3-localitylbendpoints */
export function checkLoadAssignment(bytes: Buffer): Rejection | undefined {
  const weights = new Map<number, number>();
  for (const locality of fieldsOf(bytes, LOCALITIES)) {
    const { priority, weight } = shareOf(locality);
    weights.set(priority, (weights.get(priority) ?? 0) + weight);
  }
  for (const [priority, sum] of weights) {
    if (sum > LARGEST_UINT32)
      return {
        path: 'endpoints',
        problem: `the weights at priority ${priority} add up to ${sum}, which is more than 4294967295`,
      };
    if (priority > 0 && !weights.has(priority - 1))
      return { path: 'endpoints', problem: `priority ${priority} follows on none` };
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

/** The value of a `UInt32Value`. */
function valueOf(wrapper: WireReader): number {
  if (wrapper.done) return 0;
  wrapper.tag();
  return wrapper.varint();
}

/** Endpoints of EDS must have IP addresses. The field numbers lead from the load assignment to the socket addresses. */
export function checkAddresses(bytes: Buffer): Rejection | undefined {
  for (const [i, locality] of fieldsOf(bytes, LOCALITIES).entries()) {
    const endpoints = fieldsOf(locality, 2);
    for (const [j, endpoint] of endpoints.entries()) {
      const sockets = [1, 1, 1].reduce<readonly Buffer[]>(
        (parts, id) => parts.flatMap((part) => fieldsOf(part, id)),
        [endpoint],
      );
      const wrong = sockets.flatMap((socket) => textsOf(socket, 2)).find((address) => isIP(address) === 0);
      if (wrong !== undefined)
        return {
          path: `endpoints[${i}].lbEndpoints[${j}].endpoint.address`,
          problem: `${JSON.stringify(wrong)} is not an IP address`,
        };
    }
  }
  return undefined;
}
