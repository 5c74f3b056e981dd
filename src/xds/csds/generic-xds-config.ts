/** Encodes the status of resources as `ClientConfig.GenericXdsConfig`. */
import type { TypeStatus } from '../subscriptions/status.js';
import type { Subscription } from '../subscriptions/subscription.js';
import { SECRET } from '../protocol/type-urls.js';
import { secondsAndNanos } from '../wire/proto-message.js';
import { type ResourceStatus, resourceStatuses } from './resource-status.js';

export interface ResourceConfig {
  readonly config: object;
  /** Size of the resource's content. */
  readonly bytes: number;
}

/** One for each resource of the subscription. Secrets are sent without content, because it contains keys. */
export function* resourceConfigs(subscription: Subscription, contents: boolean): Generator<ResourceConfig, void> {
  const { typeUrl, exchange } = subscription;
  const { since } = exchange;
  const shown = contents && typeUrl !== SECRET;
  for (const status of resourceStatuses(subscription)) {
    const value = shown ? status.resource?.value : undefined;
    yield { config: toConfig(typeUrl, status, value, since), bytes: value?.length ?? 0 };
  }
}

/** `last_updated` is the last change of the type's state on this stream, because the time is not stored for each resource. */
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

/** The rejected resources of a type that the node has not requested since. It may use an older version. */
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
