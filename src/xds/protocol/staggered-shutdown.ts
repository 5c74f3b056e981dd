/** Staggered shutdown: ends streams one after the other, so that their clients do not all reconnect to other replicas at once. */
import { type MessageStream, STATUS } from '../transport/message-stream.js';

type Ending = Pick<MessageStream, 'end'>;

export function endWithShutdown(stream: Ending): void {
  stream.end(STATUS.unavailable, 'the server shuts down');
}

/** Ends the streams evenly over the first half of `graceMs`. The returned function stops that. */
export function endOneByOne(streams: readonly Ending[], graceMs: number): () => void {
  const timers = streams.map((stream, index) =>
    setTimeout(() => endWithShutdown(stream), (graceMs * index) / (2 * streams.length)),
  );
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}
