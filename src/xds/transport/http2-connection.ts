/** Supervises one HTTP/2 connection: pings, maximum age, maximum idle time. Its timers do not keep the process alive. */
import type { ServerHttp2Session } from 'node:http2';

/** Options for the lifetime of connections. */
export interface ConnectionOptions {
  /** Interval of the server's pings, in milliseconds. Default: 30 000. */
  readonly keepaliveMs?: number;
  /** Timeout of a ping, in milliseconds. Default: 10 000. */
  readonly keepaliveTimeoutMs?: number;
  /** Maximum age of a connection, in milliseconds, with a jitter of 10 %. Then the client is asked to reconnect. Default: none. */
  readonly maxConnectionAgeMs?: number;
  /** Time for streams to end after that, in milliseconds. Default: 30 000. */
  readonly maxConnectionAgeGraceMs?: number;
  /** Maximum time of a connection without streams, in milliseconds. Default: 300 000. */
  readonly maxConnectionIdleMs?: number;
}

/** Time to write the GOAWAY of a connection, in milliseconds. */
const GOAWAY_MS = 1_000;

/** Applies keepalive, maximum age and maximum idle time to the session until it is closed. */
export function superviseConnection(session: ServerHttp2Session, options: ConnectionOptions): void {
  const stops = [keepalive(session, options), limitAge(session, options), limitIdleness(session, options)];
  session.once('close', () => {
    for (const stop of stops) stop();
  });
}

/** Closes the connection if the peer does not answer a ping: https://github.com/grpc/proposal/blob/master/A8-client-side-keepalive.md */
function keepalive(session: ServerHttp2Session, options: ConnectionOptions): () => void {
  const { keepaliveMs = 30_000, keepaliveTimeoutMs = 10_000 } = options;
  let timer = later(keepaliveMs, ping);
  function ping(): void {
    if (session.destroyed) return;
    timer = later(keepaliveTimeoutMs, () => session.destroy());
    const sent = session.ping(() => {
      clearTimeout(timer);
      if (!session.destroyed) timer = later(keepaliveMs, ping);
    });
    if (!sent) session.destroy();
  }
  return () => clearTimeout(timer);
}

/** https://github.com/grpc/proposal/blob/master/A9-server-side-conn-mgt.md */
function limitAge(session: ServerHttp2Session, options: ConnectionOptions): () => void {
  const { maxConnectionAgeMs, maxConnectionAgeGraceMs = 30_000 } = options;
  if (maxConnectionAgeMs === undefined) return () => undefined;
  const jitter = 0.9 + 0.2 * Math.random();
  let timer = later(maxConnectionAgeMs * jitter, () => {
    timer = closeGracefully(session, maxConnectionAgeGraceMs);
  });
  return () => clearTimeout(timer);
}

function limitIdleness(session: ServerHttp2Session, { maxConnectionIdleMs = 300_000 }: ConnectionOptions): () => void {
  let streams = 0;
  let timer: NodeJS.Timeout | undefined = later(maxConnectionIdleMs, idle);
  function idle(): void {
    closeGracefully(session, GOAWAY_MS);
  }
  session.on('stream', (stream) => {
    streams += 1;
    clearTimeout(timer);
    stream.once('close', () => {
      streams -= 1;
      if (streams === 0 && !session.destroyed) timer = later(maxConnectionIdleMs, idle);
    });
  });
  return () => clearTimeout(timer);
}

/** Sends GOAWAY. Streams may continue for `graceMs` milliseconds, then the connection is closed. */
export function closeGracefully(session: ServerHttp2Session, graceMs: number): NodeJS.Timeout {
  if (!session.closed) session.close();
  return later(graceMs, () => session.destroy());
}

function later(ms: number, action: () => void): NodeJS.Timeout {
  const timer = setTimeout(action, ms);
  timer.unref();
  return timer;
}
