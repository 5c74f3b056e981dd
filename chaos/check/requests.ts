/** Rule `requests`: no request fails for which an endpoint answers, in any tier, and a retry is left. */
import type { EndpointChanged, HistoryEvent, RequestFailed, RunEnded } from '../history/events.js';
import { type ProxyReplay, Replay } from './replay.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, ROUTE_CONFIGURATION } from './types.js';
import type { Violation } from './violation.js';

type Failure = RequestFailed & { readonly at: number };

/** An endpoint counts if it has answered since this long before the request, in milliseconds: Envoy needs time for a change of its endpoints. */
const SETTLED_MS = 1_000;

/**
 * Envoy counts requests that fail after their last permitted retry. Any more than that, of those for which an endpoint answered all the time, fail
 * without a reason.
 */
export function checkRequests(history: readonly HistoryEvent[]): readonly Violation[] {
  const end = history.find((event): event is RunEnded & HistoryEvent => event.kind === 'end');
  const failures = unexcused(history);
  return [...new Set(failures.map(({ proxy }) => proxy))].flatMap((proxy) => {
    const permitted = end?.exhausted[proxy] ?? 0;
    const own = failures.filter((failure) => failure.proxy === proxy);
    return own.slice(permitted).map(({ at, host, reason }) => ({
      rule: 'requests' as const,
      at,
      text: `${proxy}: a request for ${host} failed, although an endpoint answered and a retry was left: ${reason}`,
    }));
  });
}

/** The failures of requests for which an endpoint of each cluster that they may have gone to answered, from their beginning to their end. */
function unexcused(history: readonly HistoryEvent[]): readonly Failure[] {
  const watches = history
    .filter((event): event is Failure => event.kind === 'failure')
    .map((failure) => new Watch(failure))
    .sort((one, other) => one.from - other.from);
  const replay = new Replay();
  const down = new Set<string>();
  const open = new Set<Watch>();
  let next = 0;
  for (const event of history) {
    // What was so before the event counts for the requests that began before it.
    for (let watch = watches[next]; watch !== undefined && watch.from <= event.at; watch = watches[next]) {
      watch.see(replay, down);
      open.add(watch);
      next += 1;
    }
    replay.apply(event);
    if (event.kind === 'endpoint') markEndpoint(down, event);
    for (const watch of open) {
      if (watch.failure.at < event.at) open.delete(watch);
      else watch.see(replay, down);
    }
  }
  return watches.filter(({ unexcused: isUnexcused }) => isUnexcused).map(({ failure }) => failure);
}

function markEndpoint(down: Set<string>, { endpoint, up }: EndpointChanged): void {
  if (up) down.delete(endpoint);
  else down.add(endpoint);
}

/** The endpoints that answered all the time while one request lasted, by cluster. */
class Watch {
  readonly failure: Failure;
  readonly #answering = new Map<string, ReadonlySet<string>>();
  #excused = false;

  constructor(failure: Failure) {
    this.failure = failure;
  }

  get from(): number {
    return this.failure.sentAt - SETTLED_MS;
  }

  get unexcused(): boolean {
    // An Envoy without a route for the host lacks one: the resources always have a route.
    return !this.#excused && [...this.#answering.values()].every(({ size }) => size > 0);
  }

  /** This was so during the request. */
  see(replay: Replay, down: ReadonlySet<string>): void {
    const proxy = replay.proxy(this.failure.proxy);
    if (!proxy.up) this.#excused = true;
    for (const cluster of clustersOf(proxy, this.failure.host)) {
      const now = endpointsOf(proxy, cluster).filter((endpoint) => !down.has(endpoint));
      const before = this.#answering.get(cluster);
      this.#answering.set(
        cluster,
        new Set(before === undefined ? now : now.filter((endpoint) => before.has(endpoint))),
      );
    }
  }
}

function clustersOf(proxy: ProxyReplay, host: string): readonly string[] {
  const [name = ''] = host.split(':');
  return [...proxy.sent(ROUTE_CONFIGURATION).values()].flatMap(({ hosts }) => hosts?.[host] ?? hosts?.[name] ?? []);
}

function endpointsOf(proxy: ProxyReplay, cluster: string): readonly string[] {
  const assignment = proxy.sent(CLUSTER).get(cluster)?.assignment ?? cluster;
  return proxy.sent(CLUSTER_LOAD_ASSIGNMENT).get(assignment)?.endpoints ?? [];
}
