/** One watch of a prefix, which ends with an error. https://etcd.io/docs/v3.5/learning/api/#watch-api */
import { status } from '@grpc/grpc-js';
import { type EtcdChange, entryOf } from './client.js';
import { type Duplex, type EtcdConnection, PATIENCE_MS } from './connection.js';
import { EtcdError } from './etcd-error.js';
import { rangeEnd } from './keys.js';
import { METHODS, type WatchRequest, type WatchResponse } from './messages.js';

/** The changes from that revision on are not in the store any more: list again. */
export class LostRevision extends Error {
  override readonly name = 'LostRevision';
}

export interface WatchPrefixOptions {
  readonly prefix: string;
  /** Changes after this revision. */
  readonly after: number;
  /** Each answer, with the changes in order. `revision`: that of the last change. */
  readonly onChanges: (changes: readonly EtcdChange[], revision: number) => void;
  /** etcd watches. */
  readonly onStart: () => void;
  readonly signal: AbortSignal;
  /** Milliseconds without an answer after which the member is asked for its progress, and once more until it counts as frozen. */
  readonly patienceMs?: number;
}

/**
 * Watches until something fails or the signal aborts. Never resolves.
 * @throws LostRevision, EtcdError, or the reason of the signal
 */
export async function watchPrefix(connection: EtcdConnection, options: WatchPrefixOptions): Promise<never> {
  const stream = await connection.stream(METHODS.watch);
  try {
    return await follow(stream, options);
  } catch (error) {
    if (error instanceof LostRevision || options.signal.aborted) throw error;
    throw await connection.failed(error);
  } finally {
    stream.on('error', () => undefined);
    stream.cancel();
  }
}

function follow(stream: Duplex<WatchRequest, WatchResponse>, options: WatchPrefixOptions): Promise<never> {
  const { prefix, after, onChanges, onStart, signal, patienceMs = PATIENCE_MS } = options;
  return new Promise((_resolve, reject) => {
    let isAsked = true;
    const timer = setInterval(() => {
      if (isAsked) end(new EtcdError(status.DEADLINE_EXCEEDED, `no answer for ${patienceMs / 1000} s`));
      else stream.write({ progressRequest: {} });
      isAsked = true;
    }, patienceMs);
    const end = (error: unknown): void => {
      clearInterval(timer);
      signal.removeEventListener('abort', abort);
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const abort = (): void => end(signal.reason);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    stream.on('error', end);
    stream.on('end', () => end(new EtcdError(status.UNAVAILABLE, 'etcd ended the watch')));
    stream.on('data', (response: WatchResponse) => {
      isAsked = false;
      if (signal.aborted) return;
      const problem = problemOf(response, after);
      if (problem !== undefined) {
        end(problem);
        return;
      }
      if (response.created) onStart();
      const last = response.events.at(-1)?.kv.modRevision;
      if (last !== undefined) onChanges(response.events.map(changeOf), last);
    });
    stream.write({ createRequest: { key: Buffer.from(prefix), rangeEnd: rangeEnd(prefix), startRevision: after + 1 } });
  });
}

function changeOf({ type, kv }: WatchResponse['events'][number]): EtcdChange {
  const { key, value } = entryOf(kv);
  return { key, value: type === 'DELETE' ? undefined : value };
}

function problemOf(response: WatchResponse, after: number): Error | undefined {
  const { canceled, compactRevision, cancelReason, created, header } = response;
  if (compactRevision > 0) return new LostRevision(`etcd has compacted its history up to revision ${compactRevision}`);
  if (canceled) return canceledBy(cancelReason);
  // A store that was restored from a backup, or made anew, would say nothing for long.
  if (created && header.revision < after)
    return new LostRevision(`etcd is at revision ${header.revision}, and was at ${after} before`);
  return undefined;
}

/** Refusals of a watch are texts. */
function canceledBy(reason: string): EtcdError {
  const code = /Unauthenticated|invalid auth token/.test(reason) ? status.UNAUTHENTICATED : status.ABORTED;
  return new EtcdError(
    code,
    reason.replace(/^rpc error: code = \w+ desc = (?:etcdserver: )?/, '') || 'etcd canceled the watch',
  );
}
