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
      'Memory: a service of this world is five documents, and the program keeps them all: at 5 000 services 215 MB are live before any client comes, a quarter of them texts and decoded documents (which statuses, `get` and the next change ' +
      'need), the rest some 80 rows of the graph per service with their keys. Node.js itself with all modules takes 100 MB, V8 keeps half as much again as lives for garbage, and 1 000 cold starts at once add 90 MB. Tried: texts and small mappings shared, lists or nothing at all in the place of small sets, ' +
      'shorter keys, bytes outside of pools, rows without hidden classes of their own, a collection of the garbage of reading before the first client (580 → 410 MB after loading; 1 462 → 500 MB at the peak), a heap that may grow by half only (3 % less, for a fifth more CPU). ' +
      'What is left is one row per thing: fewer rows would mean computing more for each change. The peer’s memory is that of Go’s collector and varies by a third from run to run.',
  },
  {
    about: /^(server CPU for it, against the cheaper cache|growth of that CPU.*), state of the world/,
    text:
      'CPU by state of the world: an acknowledgement repeats every name, 3 KB from each client at 100 services and 150 KB at 5 000, which is 75 MB for one change. They are compared as bytes and never read, but they do have to come in: of the growth, two thirds are the ' +
      'kernel and node:http2 handing them over, the rest putting the pieces together and comparing. (It was six times as much while the list of such pieces was made anew for each message: V8 put these lists among the old objects, where they kept the pieces alive until the ' +
      'whole heap was collected, for every 64 MB.) Tried: other settings of malloc, collecting the young generation by hand (no gain). A smaller young generation halves it (see *Node.js versions* below), but only a flag of the process can set that. Incremental Envoys (`DELTA_GRPC`, as by `lifeboat bootstrap`) acknowledge in 80 bytes and do not have this cost.',
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
      'Cold start: the first client of a view makes all of its rows be computed and encoded, which go-control-plane has done before, when its snapshot was made; every further client costs what one costs the library. Half of what the rows cost is code that V8 has not ' +
      'optimized yet: a start makes the bytes of 500 clusters and drops them again before it is ready (a fifth less CPU then). Tried: twice as many (another fiftieth, for a tenth of a second more at each start), V8’s flags for compiling earlier (no gain). The collection of garbage before it costs a twentieth here, and is kept for the memory.',
  },
];

/** Why these are missed, each reason once. */
export function reasonsFor(missed: readonly Goal[]): readonly string[] {
  return REASONS.filter(({ about }) => missed.some(({ title }) => about.test(title))).map(({ text }) => text);
}
