/**
 * A resource with its bytes and version. It is encoded once, and then copied into responses. It must not know streams.
 */
import { hash } from 'node:crypto';
import { type Digest, digestOf } from '../protocol/digest.js';
import { referencesOf } from './references.js';
import { fieldSize, stringFieldSize, writeHead, writeString, writeVarint } from '../wire/writer.js';

/** The field number of `resources` in both kinds of response. */
const RESOURCES_FIELD = 2;
/** 16 base64 digits: 96 bits of SHA-256. */
const VERSION_LENGTH = 16;
/** The maximum of a `google.protobuf.Duration` is about this number of milliseconds. */
const MAX_TTL_MS = 315_576_000_000_000;

/** Use `encodeResource` or a similar function to make one. The same object may be in several views, stores and servers. */
export interface EncodedResource {
  readonly typeUrl: string;
  readonly name: string;
  /** The serialized message: the value of the Any. */
  readonly value: Buffer;
  /** Default: a hash of the value, the same in every process. A name and a version always identify the same bytes. */
  readonly version: string;
  /** Further names for subscriptions. Only the incremental protocol sends them to clients. */
  readonly aliases: readonly string[];
  /** For a cluster: the name of the load assignment that must follow whenever the cluster is sent. */
  readonly endpoints: string | undefined;
  /** For a listener or route: the discovered clusters that a client must have accepted before. */
  readonly clusters: readonly string[];
  /** Time after which a client drops the resource unless it is renewed, in milliseconds. `undefined`: never. */
  readonly ttlMs: number | undefined;
  /** Digest of name and version, and of aliases and TTL if there are any. */
  readonly digest: Digest;
  /** The entry in `resources` of a DeltaDiscoveryResponse, with tag and length. From `anyOffset` to the end it contains the Any. */
  readonly frame: Buffer;
  readonly anyOffset: number;
}

export interface ResourceOptions {
  /**
   * Default: a hash of the value and the aliases. If you set versions, set a new one for new bytes or aliases: a resource with the same version
   * as before changes nothing, and is not sent to a client that reconnects with this version.
   */
  readonly version?: string;
  /** Further names for subscriptions. Default: none. */
  readonly aliases?: readonly string[];
  /**
   * For an EDS cluster: its `service_name`, or else its name. Envoy warms a changed cluster until it gets the load assignment again, so the load
   * assignment is sent after the cluster, changed or not. Default: read from the message.
   * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#resource-warming
   */
  readonly endpoints?: string;
  /**
   * For listeners and routes: the discovered clusters that the resource refers to. If a client rejected one of them and has no earlier version of
   * it, this resource is withheld from the client. If one of them does not exist, this resource waits for up to `orderDeadlineMs`. Static
   * clusters of the client do not belong here. Default: read from the message, from its routes, the routes in an HttpConnectionManager and the
   * TcpProxy of a listener.
   */
  readonly clusters?: readonly string[];
  /**
   * Time after which a client drops the resource if it has lost the server, in milliseconds, at least 1. It is sent to clients with the feature
   * `xds.config.supports-resource-ttl` (in the state-of-the-world variant also `xds.config.resource-in-sotw`), and renewed after every half of
   * that time. Envoy 1.40 crashes when endpoints from a state-of-the-world response expire, so use the incremental protocol with TTLs
   * (https://github.com/envoyproxy/envoy/issues/24271). Default: none.
   * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#ttl
   */
  readonly ttlMs?: number;
}

/**
 * A resource from the bytes of its message, which are copied. `name` should be the name in the message; clients reject other messages.
 *
 * @throws RangeError for a TTL below 1 ms or without end
 */
export function encodeResource(
  typeUrl: string,
  name: string,
  value: Uint8Array,
  options: ResourceOptions = {},
): EncodedResource {
  const { ttlMs } = options;
  if (ttlMs !== undefined && !(ttlMs >= 1 && ttlMs <= MAX_TTL_MS)) throw new RangeError(`ttlMs is ${String(ttlMs)}`);
  const aliases = options.aliases ?? [];
  const version = options.version ?? defaultVersion(value, aliases);
  const { frame, anyOffset } = encodeFrame(typeUrl, name, value, version, aliases);
  return {
    typeUrl,
    name,
    value: frame.subarray(frame.length - value.length),
    version,
    aliases,
    ttlMs,
    ...referencesWith(options, typeUrl, value),
    digest: digestOf([name, version, ...aliases, ...(ttlMs === undefined ? [] : [`${String(ttlMs)}ms`])].join('\0')),
    frame,
    anyOffset,
  };
}

/**
 * The answer to a virtual host that does not exist: a name without a message. Envoy holds requests back until an answer has the name among its
 * aliases, and takes `removed_resources` for none.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/vhds#subscribing-to-resources
 */
export function unresolved(typeUrl: string, name: string): EncodedResource {
  const length = Buffer.byteLength(name);
  const frame = Buffer.allocUnsafe(fieldSize(2 * fieldSize(length)));
  const start = writeHead(frame, 0, RESOURCES_FIELD, 2 * fieldSize(length));
  writeAlias(frame, writeString(frame, start, 3, name), name);
  const nothing = { value: Buffer.alloc(0), version: '', endpoints: undefined, clusters: [], ttlMs: undefined };
  return { typeUrl, name, ...nothing, aliases: [name], digest: digestOf(name), frame, anyOffset: frame.length };
}

/** Whether replacing one by the other changes nothing for clients. */
export function isSameResource(one: EncodedResource | undefined, other: EncodedResource | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const { digest } = one;
  return one.version === other.version && digest.high === other.digest.high && digest.low === other.digest.low;
}

function defaultVersion(value: Uint8Array, aliases: readonly string[]): string {
  return contentVersion(aliases.length === 0 ? value : Buffer.concat([value, Buffer.from(aliases.join('\0'))]));
}

/** The references in the options. Missing ones are read from the message. */
function referencesWith({ endpoints, clusters }: ResourceOptions, typeUrl: string, value: Uint8Array) {
  if (endpoints !== undefined || clusters !== undefined) return { endpoints, clusters: clusters ?? [] };
  return referencesOf(typeUrl, value);
}

/** The default version of a value. */
export function contentVersion(value: Uint8Array): string {
  return hash('sha256', value, 'base64url').slice(0, VERSION_LENGTH);
}

/** `Resource { version = 1; resource = 2; name = 3; aliases = 4 }`, with the Any as the last field. */
function encodeFrame(typeUrl: string, name: string, value: Uint8Array, version: string, aliases: readonly string[]) {
  const anySize = stringFieldSize(typeUrl) + fieldSize(value.length);
  const aliasesSize = aliases.reduce((size, alias) => size + fieldSize(Buffer.byteLength(alias)), 0);
  const size = stringFieldSize(version) + stringFieldSize(name) + aliasesSize + fieldSize(anySize);
  // Not from the pool: a resource lives long and would keep its whole slab in memory.
  const frame = Buffer.allocUnsafeSlow(fieldSize(size));
  let position = writeHead(frame, 0, RESOURCES_FIELD, size);
  position = writeString(frame, position, 1, version);
  position = writeString(frame, position, 3, name);
  for (const alias of aliases) position = writeAlias(frame, position, alias);
  const anyOffset = writeHead(frame, position, 2, anySize);
  position = writeString(frame, anyOffset, 1, typeUrl);
  position = writeHead(frame, position, 2, value.length);
  frame.set(value, position);
  return { frame, anyOffset };
}

function writeAlias(frame: Buffer, position: number, alias: string): number {
  const start = writeHead(frame, position, 4, Buffer.byteLength(alias));
  return start + frame.write(alias, start);
}

/** The size of the resource's entry in `resources` of a DiscoveryResponse. */
export function anyEntrySize(resource: EncodedResource): number {
  return fieldSize(resource.frame.length - resource.anyOffset);
}

/** Writes the resource's entry in `resources` of a DiscoveryResponse. Returns the offset after it. */
export function writeAnyEntry(target: Buffer, position: number, resource: EncodedResource): number {
  const { frame, anyOffset } = resource;
  target[position] = (RESOURCES_FIELD << 3) | 2;
  const start = writeVarint(target, position + 1, frame.length - anyOffset);
  return start + frame.copy(target, start, anyOffset);
}
