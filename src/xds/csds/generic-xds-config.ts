/** `ClientConfig.GenericXdsConfig` of resources. */
import type { TypeStatus } from '../subscriptions/status.js';
import type { Subscription } from '../subscriptions/subscription.js';
import { SECRET } from '../protocol/type-urls.js';
import { secondsAndNanos } from '../wire/proto-message.js';
import { type ResourceStatus, resourceStatuses } from './resource-status.js';

export interface ResourceConfig {
  readonly config: object;
  /** Size of the content in it. */
  readonly bytes: number;
}

/** One for each resource of the subscription. Keys and certificates are nobody else's business, so secrets have no content. */
export function* resourceConfigs(subscription: Subscription, contents: boolean): Generator<ResourceConfig, void> {
  const { typeUrl, exchange } = subscription;
  const { since } = exchange;
  const shown = contents && typeUrl !== SECRET;
  for (const status of resourceStatuses(subscription)) {
    const value = shown ? status.resource?.value : undefined;
    yield { config: toConfig(typeUrl, status, value, since), bytes: value?.length ?? 0 };
  }
}

/** `last_updated` is when the state of the type on this stream changed last: it is not kept for each resource. */
function toConfig(typeUrl: string, status: ResourceStatus, value: Buffer | undefined, since: number): object {
  const { name, state, client, version, error } = status;
  return {
    typeUrl,
    name,
    versionInfo: version,
    ...(value && { xdsConfig: { type_url: typeUrl, value } }),
    lastUpdated: secondsAndNanos(since),
    configStatus: state,
    clientStatus: client,
    ...(error && { errorState: errorState(error) }),
  };
}

function errorState({ version, message, at }: NonNullable<ResourceStatus['error']>): object {
  return { versionInfo: version, details: message, lastUpdateAttempt: secondsAndNanos(at) };
}

/** What was rejected of a type that the node has not asked for again: it may run on something older. */
export function* unresumedConfigs({ typeUrl, since, error, ackedVersion }: TypeStatus): Generator<object, void> {
  for (const name of error?.names ?? []) {
    yield {
      typeUrl,
      name,
      versionInfo: ackedVersion ?? '',
      lastUpdated: secondsAndNanos(since),
      configStatus: 'STALE',
      clientStatus: 'NACKED',
      ...(error && { errorState: errorState(error) }),
    };
  }
}
