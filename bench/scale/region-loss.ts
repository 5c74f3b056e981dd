/**
 * A simulation of a region's loss: the endpoints of its services turn unhealthy in bursts as they are noticed, and one replica
 * tells its Envoys. A stream has one response in flight, so what changes meanwhile goes out together; the same without that
 * stands beside it.
 */
import type { Costs } from './costs.js';

export interface Loss {
  /** Services that have endpoints in the region. */
  readonly services: number;
  /** Endpoints of each that are lost, one after the other. */
  readonly endpointsEach: number;
  /** Seconds in which all of them have been noticed. */
  readonly noticedWithin: number;
  /** How many are noticed at a time: a health checker's round, a node's loss. */
  readonly burst: number;
  /** Envoys of the replica, and how many of all services each sees. */
  readonly envoys: number;
  readonly share: number;
}

export interface Convergence {
  readonly responses: number;
  readonly resources: number;
  readonly bytes: number;
  /** From the first loss until the last Envoy has everything. */
  readonly seconds: number;
  /** After the last loss was noticed. */
  readonly secondsAfter: number;
}

/** One round at a time: everything that was noticed since the last round began is computed and sent, which takes its time. */
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

/** The same if each change were a response of its own. */
export function withoutCoalescing(costs: Costs, loss: Loss): Convergence {
  const changes = loss.services * loss.endpointsEach;
  const responses = changes * loss.envoys * loss.share;
  const seconds = Math.max(loss.noticedWithin, (changes * costs.changeMs + responses * costs.responseMs) / 1000);
  const bytes = responses * (costs.responseBytes + costs.resourceBytes);
  return { responses, resources: responses, bytes, seconds, secondsAfter: seconds - loss.noticedWithin };
}

interface Arrival {
  /** Seconds. */
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

/** Small numbers that are the same each time: mulberry32, a public-domain generator. */
export function newRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
