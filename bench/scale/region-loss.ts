/**
 * Simulates the loss of a region. The endpoints of its services become unhealthy in bursts, and one replica sends the changes to its Envoys. A
 * stream has one response in flight, so changes that happen meanwhile are sent together. The simulation without this is for comparison.
 */
import type { Costs } from './costs.js';

export interface Loss {
  /** The number of services with endpoints in the region. */
  readonly services: number;
  /** The number of lost endpoints of each service, one after the other. */
  readonly endpointsEach: number;
  /** Time until all losses are detected, in seconds. */
  readonly noticedWithin: number;
  /** The number of endpoints in a burst, such as a round of a health checker or the loss of a node. */
  readonly burst: number;
  /** The number of Envoys of the replica, and the share of all services that each sees. */
  readonly envoys: number;
  readonly share: number;
}

export interface Convergence {
  readonly responses: number;
  readonly resources: number;
  readonly bytes: number;
  /** Time from the first loss until the last Envoy is up to date. */
  readonly seconds: number;
  /** Time after the last loss was detected. */
  readonly secondsAfter: number;
}

/** In rounds: all changes since the start of the last round are computed and sent together, which takes time. */
export function simulate(costs: Costs, loss: Loss, random: () => number = newRandom(1)): Convergence {
  const arrivals = noticed(loss, random);
  let [time, next, responses, resources, bytes] = [0, 0, 0, 0, 0];
  while (next < arrivals.length) {
    time = Math.max(time, arrivals[next]?.at ?? 0);
    const changed = new Set<number>();
    let changes = 0;
    for (; next < arrivals.length && (arrivals[next]?.at ?? Infinity) <= time; next += 1) {
      changed.add(arrivals[next]?.service ?? 0);
      changes += 1;
    }
    const each = changed.size * loss.share;
    // An Envoy that sees none of the services gets no response.
    const told = loss.envoys * (1 - (1 - loss.share) ** changed.size);
    responses += told;
    resources += loss.envoys * each;
    bytes += told * costs.responseBytes + loss.envoys * each * costs.resourceBytes;
    const further = Math.max(0, loss.envoys * each - told);
    time += (changes * costs.changeMs + told * costs.responseMs + further * costs.resourceMs) / 1000;
  }
  return { responses, resources, bytes, seconds: time, secondsAfter: time - loss.noticedWithin };
}

/** The same with a separate response for each change. */
export function withoutCoalescing(costs: Costs, loss: Loss): Convergence {
  const changes = loss.services * loss.endpointsEach;
  const responses = changes * loss.envoys * loss.share;
  const seconds = Math.max(loss.noticedWithin, (changes * costs.changeMs + responses * costs.responseMs) / 1000);
  const bytes = responses * (costs.responseBytes + costs.resourceBytes);
  return { responses, resources: responses, bytes, seconds, secondsAfter: seconds - loss.noticedWithin };
}

interface Arrival {
  /** In seconds. */
  readonly at: number;
  readonly service: number;
}

/** Endpoints in random order, in bursts at random times. */
function noticed({ services, endpointsEach, noticedWithin, burst }: Loss, random: () => number): readonly Arrival[] {
  const lost = Array.from({ length: services * endpointsEach }, (_, i) => ({ service: i % services, order: random() }));
  lost.sort((a, b) => a.order - b.order);
  const bursts = Math.ceil(lost.length / burst);
  const times = Array.from({ length: bursts }, () => noticedWithin * random()).sort((a, b) => a - b);
  return lost.map(({ service }, i) => ({ service, at: times[Math.floor(i / burst)] ?? noticedWithin }));
}

/** Reproducible random numbers: mulberry32, a generator in the public domain. */
export function newRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
