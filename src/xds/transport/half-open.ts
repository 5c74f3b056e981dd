/** HTTP/2 streams that the server has ended and whose client does not take notice of it: they cost as much as others, and count for nothing. */
import { type ServerHttp2Stream, constants } from 'node:http2';
import { STATUS, StreamError } from './message-stream.js';

/** Told of a client that was cut off: its address, and why. */
export type CutOff = (peer: string, error: StreamError) => void;

/** Cuts the stream off unless it is closed within `ms` milliseconds: the client reads what is left, and ends its side, or does not. */
export function cutOffLater(stream: ServerHttp2Stream, ms: number, cutOff: () => void): void {
  if (stream.destroyed || stream.closed) return;
  const timer = setTimeout(() => {
    if (stream.destroyed || stream.closed) return;
    stream.close(constants.NGHTTP2_CANCEL);
    cutOff();
  }, ms);
  timer.unref();
  stream.once('close', () => clearTimeout(timer));
}

export function halfOpen(ms: number): StreamError {
  return new StreamError(
    STATUS.deadlineExceeded,
    `the call has ended, and its client did not end it within ${String(ms)} ms`,
    'half-open',
  );
}

export function peerOf(stream: ServerHttp2Stream): string {
  const socket = stream.session?.socket;
  return socket?.remoteAddress === undefined ? 'unknown' : `${socket.remoteAddress}:${String(socket.remotePort)}`;
}
