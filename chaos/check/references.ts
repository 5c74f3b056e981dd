/** Rule `references`: clusters come before the routes and listeners that name them, and leave after them. */
import type { HistoryEvent, ResponsePassed } from '../history/events.js';
import { type ProxyReplay, Replay } from './replay.js';
import { CLUSTER, LISTENER, ROUTE_CONFIGURATION } from './types.js';
import type { Violation } from './violation.js';

const REFERRING = [ROUTE_CONFIGURATION, LISTENER] as const;

export function checkReferences(history: readonly HistoryEvent[]): readonly Violation[] {
  const replay = new Replay();
  return history.flatMap((event) => {
    const proxy = replay.apply(event);
    if (event.kind !== 'response' || proxy === undefined) return [];
    const texts = event.typeUrl === CLUSTER ? takenAway(proxy) : notOffered(event, proxy);
    return texts.map((text) => ({ rule: 'references' as const, at: event.at, text: `${proxy.name}: ${text}` }));
  });
}

function notOffered({ resources }: ResponsePassed, proxy: ProxyReplay): readonly string[] {
  const offered = proxy.sent(CLUSTER);
  return resources.flatMap(({ name, clusters = [] }) =>
    clusters
      .filter((cluster) => !offered.has(cluster))
      .map((cluster) => `${name} names ${cluster}, which was not offered`),
  );
}

/**
 * Only what was sent on the same stream: by state of the world, an Envoy that reconnects does not say which routes it holds.
 */
function takenAway(proxy: ProxyReplay): readonly string[] {
  const offered = proxy.sent(CLUSTER);
  return REFERRING.flatMap((typeUrl) =>
    [...proxy.sentOnStream(typeUrl).values()].flatMap(({ name, clusters = [] }) =>
      clusters
        .filter((cluster) => !offered.has(cluster))
        .map((cluster) => `${cluster} is taken away, and ${name} names it`),
    ),
  );
}
