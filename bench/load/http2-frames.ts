/**
 * Encodes the HTTP/2 frames that a client of one gRPC call sends. Knows neither sockets nor xDS.
 * https://www.rfc-editor.org/rfc/rfc9113
 */

export const FRAME_HEADER = 9;
/** The payload size that every peer accepts, in bytes. */
export const MAX_PAYLOAD = 16_384;
/** The stream of the only call on a connection. */
export const STREAM_ID = 1;

export const FRAME = { data: 0, headers: 1, resetStream: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8 } as const;
export const SETTING = { enablePush: 2, initialWindowSize: 4 } as const;

/** The flow control window before a peer changes it. */
export const DEFAULT_WINDOW = 65_535;

export function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEADER + payload.length);
  writeFrameHeader(bytes, 0, { length: payload.length, type, flags, streamId });
  bytes.set(payload, FRAME_HEADER);
  return bytes;
}

export interface FrameHeader {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
}

/** Returns the position after it. */
export function writeFrameHeader(target: Buffer, position: number, header: FrameHeader): number {
  target.writeUIntBE(header.length, position, 3);
  target[position + 3] = header.type;
  target[position + 4] = header.flags;
  target.writeUInt32BE(header.streamId, position + 5);
  return position + FRAME_HEADER;
}

/** Everything that a client sends first: the preface, settings, a larger window for the connection, and the call's headers. */
export function opening(authority: string, path: string, window: number): Buffer {
  return Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(
      FRAME.settings,
      0,
      0,
      settings([
        [SETTING.enablePush, 0],
        [SETTING.initialWindowSize, window],
      ]),
    ),
    windowUpdate(0, window - DEFAULT_WINDOW),
    frame(FRAME.headers, FLAG.endHeaders, STREAM_ID, requestHeaders(authority, path)),
  ]);
}

function settings(entries: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(6 * entries.length);
  entries.forEach(([id, value], i) => {
    payload.writeUInt16BE(id, 6 * i);
    payload.writeUInt32BE(value, 6 * i + 2);
  });
  return payload;
}

export function windowUpdate(streamId: number, increment: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(increment);
  return frame(FRAME.windowUpdate, 0, streamId, payload);
}

/** HPACK: indexed fields of the static table, and literals without indexing. https://www.rfc-editor.org/rfc/rfc7541 */
function requestHeaders(authority: string, path: string): Buffer {
  return Buffer.concat([
    Buffer.from([0x83, 0x86]), // :method POST, :scheme http
    literal(4, path),
    literal(1, authority),
    literal(31, 'application/grpc'),
    literal('te', 'trailers'),
  ]);
}

/** A literal without indexing. Its name is an index of the static table, or a text. */
function literal(name: number | string, value: string): Buffer {
  const head = typeof name === 'string' ? Buffer.concat([Buffer.from([0]), hpackString(name)]) : hpackInteger(name, 4);
  return Buffer.concat([head, hpackString(value)]);
}

function hpackString(text: string): Buffer {
  return Buffer.concat([hpackInteger(Buffer.byteLength(text), 7), Buffer.from(text)]);
}

function hpackInteger(value: number, prefixBits: number): Buffer {
  const most = (1 << prefixBits) - 1;
  if (value < most) return Buffer.from([value]);
  const bytes = [most];
  let rest = value - most;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** These bytes as DATA frames of a size that every peer accepts. */
export function dataFrames(bytes: Buffer): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += MAX_PAYLOAD) {
    frames.push(frame(FRAME.data, 0, STREAM_ID, bytes.subarray(start, start + MAX_PAYLOAD)));
  }
  return frames;
}
