/** Why goals are not met, from profiles of `lifeboat serve`, and what was tried: words that no measurement finds by itself. */
import type { Goal } from './goals.js';

interface Reason {
  readonly about: RegExp;
  readonly text: string;
}

const REASONS: readonly Reason[] = [
  {
    about: /^peak memory at|^cold start, peak memory/,
    text:
      'Memory: a service of this world is five documents, and the program keeps them all: at 5 000 services 246 MB are live before any client comes, a quarter of them texts and decoded documents (which statuses, `get` and the next change ' +
      'need), the rest some 80 rows of the graph per service with their keys. V8 keeps half as much again for garbage, and 1 000 cold starts at once add 100 MB. Tried: texts and small mappings shared, lists in the place of small sets, shorter ' +
      'keys, bytes outside of pools, rows without hidden classes of their own (580 → 430 MB after loading; 1 462 → 580 MB at the peak). What is left is one row per thing; fewer rows would mean computing more for each change.',
  },
  {
    about: /^(server CPU for it, against the cheaper cache|growth of that CPU.*), state of the world/,
    text:
      'CPU by state of the world: an acknowledgement repeats every name, 30 KB from each client and 15 MB for one change; at 5 000 services five times as much. The names are compared as bytes and never read, but node:http2 takes them in as buffers ' +
      'outside of V8’s heap, and V8 collects its whole heap whenever 64 MB of those have come, here for every fourth change; so this cost grows with what the program holds, and the library alone, which holds less, has half of it. Tried: larger and smaller young ' +
      'generations, other settings of malloc (no gain), one thread for collecting (13 % less CPU). Incremental Envoys (`DELTA_GRPC`, as by `lifeboat bootstrap --delta`) acknowledge in 80 bytes and do not have this cost.',
  },
  {
    about: /^500 changes a second/,
    text:
      'Churn: 500 files a second for 500 clients are 250 000 responses and as many acknowledgements a second, a message every 2 µs of the one core that the server has, were they not combined: what changes while a response is in flight follows together. The lag is that ' +
      'of a full core; by state of the world each acknowledgement repeats a thousand names besides.',
  },
  {
    about: /^cold start, server CPU/,
    text:
      'Cold start: the first client of a view makes all of its rows be computed and encoded, which go-control-plane has done before, when its snapshot was made; every further client costs what one costs the library.',
  },
];

/** Why these are missed, each reason once. */
export function reasonsFor(missed: readonly Goal[]): readonly string[] {
  return REASONS.filter(({ about }) => missed.some(({ title }) => about.test(title))).map(({ text }) => text);
}
