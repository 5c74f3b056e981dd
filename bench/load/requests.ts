/**
 * The requests of a simulated Envoy. Parts that are the same for all Envoys, such as a list of thousands of names, are encoded and framed
 * once.
 */
import { clusterName, NAMESPACE, PORT, regionName, TYPE, type TypeName, zoneName } from '../world/names.js';
import { dataFrames, FRAME, FRAME_HEADER, MAX_PAYLOAD, STREAM_ID, writeFrameHeader } from './http2-frames.js';
import { field } from './protobuf.js';
import type { Mode } from './skim.js';

export interface NodeDescription {
  readonly id: string;
  readonly region: number;
}

/** Frames in the order of sending. */
export type Frames = readonly Buffer[];

export interface Requests {
  /** The first request of the stream, for all clusters. It contains the node. */
  hello(node: NodeDescription): Frames;
  /** The first request for a type. */
  subscribe(type: TypeName): Frames;
  /** The ACK of a response. */
  acknowledge(type: TypeName, version: string, nonce: string): Frames;
}

/** `services`: the number of load assignments to subscribe to. */
export function createRequests(mode: Mode, services: number): Requests {
  const endpoints = Array.from({ length: services }, (_, index) => clusterName(index));
  const names: Readonly<Record<TypeName, readonly string[]>> = {
    cluster: [],
    endpoints,
    listener: [],
    route: [String(PORT)],
  };
  return mode === 'sotw' ? sotwRequests(names) : deltaRequests(names);
}

type Names = Readonly<Record<TypeName, readonly string[]>>;

/** DiscoveryRequest: version_info 1, node 2, resource_names 3, type_url 4, response_nonce 5, in Envoy's order. */
function sotwRequests(names: Names): Requests {
  const shared = mapTypes((type) =>
    Buffer.concat([...names[type].map((name) => field(3, name)), field(4, TYPE[type])]),
  );
  const framed = mapTypes((type) => dataFrames(shared[type]));
  const build = (type: TypeName, before: Buffer, after: Buffer): Frames => {
    const middle = shared[type];
    const size = before.length + middle.length + after.length;
    if (size <= MAX_PAYLOAD - PREFIX) return [messageFrame(size, [before, middle, after])];
    return [messageFrame(size, [before]), ...framed[type], ...(after.length === 0 ? [] : dataFrames(after))];
  };
  return {
    hello: (node) => build('cluster', field(2, encodeNode(node)), EMPTY),
    subscribe: (type) => build(type, EMPTY, EMPTY),
    acknowledge: (type, version, nonce) => build(type, field(1, version), field(5, nonce)),
  };
}

/** DeltaDiscoveryRequest: node 1, type_url 2, resource_names_subscribe 3, response_nonce 6. */
function deltaRequests(names: Names): Requests {
  const typeField = mapTypes((type) => field(2, TYPE[type]));
  const subscriptions = mapTypes((type) => {
    const bytes = Buffer.concat([typeField[type], ...names[type].map((name) => field(3, name))]);
    return [messageFrame(bytes.length, []), ...dataFrames(bytes)];
  });
  const build = (...parts: readonly Buffer[]): Frames => [messageFrame(sizeOf(parts), parts)];
  return {
    hello: (node) => build(field(1, encodeNode(node)), typeField.cluster),
    subscribe: (type) => subscriptions[type],
    acknowledge: (type, _version, nonce) => build(typeField[type], field(6, nonce)),
  };
}

const EMPTY: Buffer = Buffer.alloc(0);
/** The flag and length of gRPC before each message. */
const PREFIX = 5;

/** A DATA frame with the beginning of a message of `size` bytes. */
function messageFrame(size: number, parts: readonly Buffer[]): Buffer {
  const length = PREFIX + sizeOf(parts);
  const bytes = Buffer.allocUnsafe(FRAME_HEADER + length);
  let position = writeFrameHeader(bytes, 0, { length, type: FRAME.data, flags: 0, streamId: STREAM_ID });
  bytes[position] = 0;
  position = bytes.writeUInt32BE(size, position + 1);
  for (const part of parts) position += part.copy(bytes, position);
  return bytes;
}

function sizeOf(parts: readonly Buffer[]): number {
  return parts.reduce((size, { length }) => size + length, 0);
}

function mapTypes<Value>(of: (type: TypeName) => Value): Readonly<Record<TypeName, Value>> {
  return { cluster: of('cluster'), endpoints: of('endpoints'), listener: of('listener'), route: of('route') };
}

/** `Node`: id 1, cluster 2, metadata 3, locality 4 (region 1, zone 2), user_agent_name 6. */
function encodeNode({ id, region }: NodeDescription): Buffer {
  const metadata = [
    ['ROLE', 'gateway'],
    ['NAMESPACE', NAMESPACE],
  ].map(([key = '', value = '']) => field(1, Buffer.concat([field(1, key), field(2, field(3, value))])));
  const locality = Buffer.concat([field(1, regionName(region)), field(2, zoneName(region))]);
  return Buffer.concat([
    field(1, id),
    field(2, `site-${region}`),
    field(3, Buffer.concat(metadata)),
    field(4, locality),
    field(6, 'envoy'),
  ]);
}
