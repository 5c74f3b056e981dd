/** Keys of failover destinations. FailoverServices and VirtualDestinations share one table. */
import { type ResourceRef, parseResourceKey, resourceKey } from '../../api/resource.js';
import type { Key } from '../../graph/index.js';

export type FailoverKey = Key<'failover destination'>;

export function failoverKey(ref: ResourceRef): FailoverKey {
  return resourceKey(ref) as string as FailoverKey;
}

export function parseFailoverKey(key: FailoverKey): ResourceRef {
  return parseResourceKey(key);
}

/** `FailoverService reviews.failover`. */
export function describeFailover(key: FailoverKey): string {
  const { kind, name, namespace } = parseFailoverKey(key);
  return `${kind} ${name}.${namespace}`;
}
