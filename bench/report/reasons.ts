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
      'Memory: in this benchmark a service consists of five documents, and the program keeps them all. With 5 000 services, 200 MB are live before the first client connects. A quarter of this memory holds texts and decoded documents, which statuses, `get` and the next change ' +
      'need. The rest holds 70 rows of the graph per service with their keys. Node.js with all modules takes 100 MB, V8 needs half of the live memory in addition for garbage, and 1 000 simultaneous cold starts add 90 MB. These measures were tried: sharing texts and small mappings, lists instead of small sets, ' +
      'shorter keys, bytes outside of pools, rows without their own hidden classes, a garbage collection between reading and the first client (580 → 410 MB after loading; 1 462 → 500 MB at the peak), and a heap that may grow only by half (3 % less memory, but a fifth more CPU). ' +
      'Findings that nothing else reads, and settings that only select a part of another row, lost their own rows (95 → 70 rows per service; 233 → 200 MB live). Each of the remaining rows stops changes that do not concern its readers, so fewer rows would mean more computation for each change. The memory of go-control-plane depends on Go’s garbage collector and varies by a third between runs.',
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
      'optimized yet. To reduce it, Lifeboat encodes 500 clusters and discards them before it is ready, which saves a fifth of the CPU. Twice as many clusters would save another fiftieth, but delay each start by a tenth of a second. V8’s flags for earlier compilation gave no gain. The garbage collection before the first client costs a twentieth of the CPU, and is kept because it saves memory.',
  },
];

/** The reasons for these missed goals, without duplicates. */
export function reasonsFor(missed: readonly Goal[]): readonly string[] {
  return REASONS.filter(({ about }) => missed.some(({ title }) => about.test(title))).map(({ text }) => text);
}
