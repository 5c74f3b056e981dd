/** The checks of routes in Envoy's code: domains and weights. */
import { checkRemovedHeaders } from './header-checks.js';
import { fieldsOf } from '../proto/wire-reader.js';
import { LARGEST_UINT32, decode, textsOf } from './message-parts.js';
import type { Rejection } from './rejection.js';

export function checkVirtualHost(bytes: Buffer): Rejection | undefined {
  return checkDomains(textsOf(bytes, 2), new Set()) ?? checkRemovedHeaders(13, 11)(bytes);
}

/** Each domain belongs to one virtual host. Envoy compares domains without regard to case. */
function checkDomains(domains: readonly string[], taken: Set<string>): Rejection | undefined {
  for (const domain of domains) {
    const name = domain.toLowerCase();
    if (taken.has(name)) return { path: 'domains', problem: `${domain} is there twice` };
    taken.add(name);
  }
  return undefined;
}

export function checkRouteConfiguration(bytes: Buffer): Rejection | undefined {
  const taken = new Set<string>();
  for (const [i, host] of fieldsOf(bytes, 2).entries()) {
    const rejection = checkDomains(textsOf(host, 2), taken);
    if (rejection !== undefined) return { ...rejection, path: `virtualHosts[${i}].${rejection.path}` };
  }
  return undefined;
}

export function checkWeights(bytes: Buffer): Rejection | undefined {
  const { clusters } = decode('envoy.config.route.v3.WeightedCluster', bytes) as {
    readonly clusters: readonly { readonly weight?: { readonly value: number } }[];
  };
  return checkSum(
    clusters.map(({ weight }) => weight?.value ?? 0),
    'clusters',
  );
}

function checkSum(weights: readonly number[], path: string): Rejection | undefined {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum > LARGEST_UINT32) return { path, problem: `the weights add up to ${sum}, which is more than 4294967295` };
  return sum === 0 ? { path, problem: 'the weights add up to 0' } : undefined;
}
