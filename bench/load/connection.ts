/**
 * One TCP connection with one gRPC call. Implements flow control in both directions and answers pings and settings. Passes the fields of
 * messages to a sink. Knows no xDS.
 */
import { connect, type Socket } from 'node:net';
import { FieldReader, type FieldSink } from './field-reader.js';
import { type ControlHeader, FrameReader, type FrameSink } from './frame-reader.js';
import {
  DEFAULT_WINDOW,
  FLAG,
  FRAME,
  FRAME_HEADER,
  opening,
  SETTING,
  STREAM_ID,
  windowUpdate,
} from './http2-frames.js';

/** Flow control window of the stream and of the connection, in bytes. */
const WINDOW = 1 << 20;
/** All sockets share one buffer, because they are read one at a time. */
const READ_BUFFER = Buffer.alloc(256 << 10);
const WINDOW_UPDATES = Buffer.concat([windowUpdate(0, WINDOW / 2), windowUpdate(STREAM_ID, WINDOW / 2)]);
const SETTINGS_ACK = Buffer.from([0, 0, 0, FRAME.settings, FLAG.ack, 0, 0, 0, 0]);

export interface CallSink extends FieldSink {
  /** The socket is connected, and the call's headers were sent. */
  opened(): void;
  /** The call ended. No other call of the sink follows. */
  closed(reason: string): void;
}

export interface CallTarget {
  readonly port: number;
  readonly path: string;
}

export class Connection implements FrameSink {
  readonly #socket: Socket;
  readonly #sink: CallSink;
  readonly #frames = new FrameReader(this);
  readonly #fields: FieldReader;
  /** Bytes from the wire. */
  bytesIn = 0;
  #consumed = 0;
  #streamWindow = DEFAULT_WINDOW;
  #connectionWindow = DEFAULT_WINDOW;
  #initialWindow = DEFAULT_WINDOW;
  /** What the windows do not let pass yet. */
  #waiting: Buffer[] = [];
  #over = false;

  constructor({ port, path }: CallTarget, sink: CallSink) {
    this.#sink = sink;
    this.#fields = new FieldReader(sink);
    const onread = { buffer: READ_BUFFER, callback: (length: number, bytes: Uint8Array) => this.#read(length, bytes) };
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true, onread }, () => {
      this.#socket.write(opening(`127.0.0.1:${port}`, path, WINDOW));
      sink.opened();
    });
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', () => this.#end('the connection was closed'));
  }

  /** Sends DATA frames, as soon as the server's windows let them pass. */
  send(frames: readonly Buffer[]): void {
    if (this.#waiting.length > 0) this.#waiting.push(...frames);
    else if (frames.length === 1 && frames[0] !== undefined && this.#take(frames[0])) this.#socket.write(frames[0]);
    else {
      this.#waiting = [...frames];
      this.#flush();
    }
  }

  close(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.#fields.read(bytes, start, end);
  }

  received(length: number): void {
    this.#consumed += length;
    if (this.#consumed < WINDOW / 2) return;
    this.#consumed -= WINDOW / 2;
    this.#socket.write(WINDOW_UPDATES);
  }

  control({ type, flags, streamId }: ControlHeader, payload: Buffer): void {
    const isAck = (flags & FLAG.ack) !== 0;
    if (type === FRAME.windowUpdate) this.#widen(streamId, payload.readUInt32BE(0));
    else if (type === FRAME.settings && !isAck) this.#settings(payload);
    else if (type === FRAME.ping && !isAck) this.#socket.write(pong(payload));
    else if (type === FRAME.resetStream) this.#end(`the call was reset with code ${payload.readUInt32BE(0)}`);
    else if (type === FRAME.goAway) this.#end('the server sent GOAWAY');
  }

  endStream(): void {
    this.#end('the server ended the call');
  }

  #read(length: number, bytes: Uint8Array): boolean {
    this.bytesIn += length;
    if (bytes === READ_BUFFER) this.#frames.read(READ_BUFFER, 0, length);
    return true;
  }

  #settings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== SETTING.initialWindowSize) continue;
      const window = payload.readUInt32BE(at + 2);
      this.#streamWindow += window - this.#initialWindow;
      this.#initialWindow = window;
    }
    this.#socket.write(SETTINGS_ACK);
    this.#flush();
  }

  #widen(streamId: number, increment: number): void {
    if (streamId === 0) this.#connectionWindow += increment;
    else this.#streamWindow += increment;
    if (this.#waiting.length > 0) this.#flush();
  }

  #take(frame: Buffer): boolean {
    const length = frame.length - FRAME_HEADER;
    if (length > this.#streamWindow || length > this.#connectionWindow) return false;
    this.#streamWindow -= length;
    this.#connectionWindow -= length;
    return true;
  }

  #flush(): void {
    let sent = 0;
    this.#socket.cork();
    for (const frame of this.#waiting) {
      if (!this.#take(frame)) break;
      this.#socket.write(frame);
      sent += 1;
    }
    this.#socket.uncork();
    this.#waiting.splice(0, sent);
  }

  #end(reason: string): void {
    if (this.#over) return;
    this.close();
    this.#sink.closed(reason);
  }
}

function pong(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 8, FRAME.ping, FLAG.ack, 0, 0, 0, 0]), payload]);
}
