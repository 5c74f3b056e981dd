/** The reasons for missed goals, from profiles of `lifeboat serve`, and attempts to improve them. Written by hand. */
import type { Goal } from './goals.js';

interface Reason {
  readonly about: RegExp;
  readonly text: string;
}

const REASONS: readonly Reason[] = [
  {
    about: /^peak memory at|^cold start, peak memory/,
    text:
      'Memory: in this benchmark a service consists of five documents, and the program keeps them all. With 5 000 services, 190 MB are live before the first client connects, 38 KB for each service. A quarter of this memory holds texts and decoded documents, which statuses, `get` and the next change ' +
      'need. The rest holds 70 rows of the graph per service with their keys. Node.js with all modules takes 100 MB, V8 needs half of the live memory in addition for garbage, and 1 000 simultaneous cold starts add 90 MB. These measures were tried: sharing texts and small mappings, lists instead of small sets, ' +
      'shorter keys, bytes outside of pools, rows without their own hidden classes, a garbage collection between reading and the first client (580 → 410 MB after loading; 1 462 → 500 MB at the peak), and a heap that may grow only by half (3 % less memory, but a fifth more CPU). ' +
      'Findings that nothing else reads, and settings that only select a part of another row, lost their own rows (95 → 70 rows per service; 233 → 200 MB live). Lists without the room to grow, one empty list for all, flat names, and statuses that are counted only when metrics are asked for save another 3 KB per service (540 → 477 MB at the peak). The rest is spread thinly: 5 KB in the rows themselves, 5 KB in the maps that find them, 5 KB in the lists of what they read and who reads them, 5 KB in the wrappings of five documents, 3 KB in the text, 6 KB in keys and names (a quarter of them written twice). No single one of these is worth a tenth of the peak. ' +
      'Each of the remaining rows stops changes that do not concern its readers, so fewer rows would mean more computation for each change. The memory of go-control-plane depends on Go’s garbage collector and varies by a third between runs.',
  },
  {
    about: /^(server CPU for it, against the cheaper cache|growth of that CPU.*), state of the world/,
    text:
      'CPU with state-of-the-world xDS: an ACK repeats every name. That is 3 KB from each client with 100 services and 150 KB with 5 000 services, or 75 MB for one change. The server compares these lists as bytes without decoding them, but it has to receive them. Two thirds of the growth are spent in the ' +
      'kernel and in node:http2, and the rest on joining and comparing the pieces. (The cost was six times as high while each message created a new list of its pieces: V8 moved these lists to the old generation, where they kept the pieces alive until the ' +
      'whole heap was collected, after every 64 MB.) Other settings of malloc and explicit collections of the young generation were tried without gain. A smaller young generation halves the cost (see *Node.js versions* below, which also explains why the program does not set it). An incremental Envoy (`DELTA_GRPC`, the default of `lifeboat bootstrap`) sends ACKs of 80 bytes and does not have this cost.',
  },
  {
    about: /^500 changes a second/,
    text:
      'Churn: without combined responses, 500 files a second for 500 clients would mean 250 000 responses and as many ACKs a second, which is a message every 2 µs on the one core of the server. Therefore changes are combined while a response waits for its ACK. The lag is that ' +
      'of a fully used core. With state-of-the-world xDS each ACK also repeats a thousand names.',
  },
  {
    about: /^cold start, server CPU/,
    text:
      'Cold start: for the first client of a view, Lifeboat computes and encodes all of its rows, in turns of 10 ms so that other clients do not wait. go-control-plane has done this before, when the snapshot was created. Every further client costs the same as with the library. Half of the cost of the rows is caused by code that V8 has not ' +
      'optimized yet. To reduce it, Lifeboat encodes 500 clusters and discards them before it is ready, which saves a fifth of the CPU. Twice as many clusters would save another fiftieth, but delay each start by a tenth of a second. V8’s flags for earlier compilation gave no gain. The garbage collection before the first client costs a twentieth of the CPU, and is kept because it saves memory. Statuses, which were counted meanwhile, are now counted when metrics are first asked for (7 % of the samples).',
  },
  {
    about: /^ready with/,
    text:
      'Start: *The whole program* below says where the time goes. Two thirds are reading 25 000 documents and the rows of the model that every Envoy needs, spread over hundreds of functions. The machine differs from day to day: an earlier version that took 7.0 s on a fast day took 14.1 s on a slow one, on which this version took 9.5 s. ' +
      'The keys of rows have types since then. The commits before and after that change took 27.1 and 26.1 s of CPU for this start on a busy machine (medians of six starts each, in turns).',
  },
];

/** Where the time of a start goes, from profiles with 5 000 services, and attempts to shorten it. */
export const STARTUP =
  'The CPU time of a start with 5 000 services, 25 000 documents, until Envoys are served: 30 % for reading (parsing 17 %, sharing equal values included; opening and reading files 3 %); 28 % for the 120 000 rows of the model that exist whether they are read or not; 12 % for decoding and validation, of which 2 % compile schemas; 12 % for garbage collection; 5 % for encoding 500 clusters, so that V8 has optimized this code; the rest for loading modules. No function takes 3 % by itself. ' +
  'The 70 000 rows with findings, and the rows that only these read, are computed afterwards, when nothing else is to be done, or when metrics or statuses are asked for: they were 27 % of the time until Envoys are served, and 60 MB of the memory. ' +
  'Without gain were: young generations of 16, 32 and 64 MB from the start, a faster growth of it, and lazy compilation. Reading in threads would shorten only the third that is reading, by a second core that a small machine does not have, and the values would be copied to the main thread.';

/** The reasons for these missed goals, without duplicates. */
export function reasonsFor(missed: readonly Goal[]): readonly string[] {
  return REASONS.filter(({ about }) => missed.some(({ title }) => about.test(title))).map(({ text }) => text);
}
