/** What a server is for its streams, put together from its parts. */
import type { BodyCache } from '../batches/body-cache.js';
import type { ClientMemory } from '../limits/client-memory.js';
import type { XdsLimits } from '../protocol/limits.js';
import type { WakeUps } from '../protocol/wake-ups.js';
import { Coverages } from '../resources/coverage.js';
import type { ResourceProvider } from '../resources/provider.js';
import { NameLists } from '../wire/name-lists.js';
import type { CollectionRegistry } from './collection-registry.js';
import type { XdsEvents } from './events.js';
import { InterruptedWarming } from './interrupted-warming.js';
import { OversizedResponses } from './oversized-responses.js';
import type { XdsStream } from './stream.js';
import type { StreamHost } from './stream-host.js';
import type { UnresumedTypes } from './unresumed-types.js';

type Host = StreamHost<XdsStream>;

/** The parts of a server that its streams share, and what the server itself does for them. */
export interface HostParts extends Pick<Host, 'now' | 'transaction' | 'schedule' | 'failed' | 'closed'> {
  readonly limits: XdsLimits;
  readonly provider: ResourceProvider;
  readonly events: XdsEvents;
  readonly collections: CollectionRegistry;
  readonly bodies: BodyCache;
  readonly memory: ClientMemory;
  readonly unresumed: UnresumedTypes;
  /** Streams whose responses wait for others, until the deadline of the order. */
  readonly holds: WakeUps;
  /** Streams whose resources must be renewed before they expire. */
  readonly wakeUps: WakeUps;
}

export function newStreamHost(parts: HostParts): Host {
  const { limits, provider, events, collections, unresumed, holds, wakeUps } = parts;
  const { bodies, memory, now, transaction, schedule, failed, closed } = parts;
  return {
    limits,
    bodies,
    oversized: new OversizedResponses((response) => events.oversized?.(response)),
    memory,
    coverages: new Coverages(limits.maxNames),
    nameLists: new NameLists(),
    isolation: collections.isolation,
    interruptedWarming: new InterruptedWarming(),
    now,
    rejectedBefore: (identity, typeUrl) => unresumed.has(identity, typeUrl),
    viewOf: (node, typeUrl) => provider.viewOf(node, typeUrl),
    attach: (typeUrl, view, viewKey) => collections.attach(typeUrl, view, viewKey),
    detach: (source) => collections.detach(source),
    transaction,
    schedule,
    waiting: (stream, since) => holds.set(stream, since === undefined ? undefined : since + limits.orderDeadlineMs),
    renewing: (stream, at) => wakeUps.set(stream, at),
    connected: (stream) => events.connected?.(stream),
    subscribed: (stream, typeUrl) => {
      unresumed.resumed(stream.identity, typeUrl);
      events.subscribed?.(stream, typeUrl);
    },
    sent: (stream, typeUrl, response) => events.sent?.(stream, typeUrl, response),
    acked: (stream, typeUrl, version, sinceMs) => events.acked?.(stream, typeUrl, version, sinceMs / 1000),
    nacked: (stream, typeUrl, version, message, names) => events.nacked?.(stream, typeUrl, version, message, names),
    failed,
    closed,
  };
}
