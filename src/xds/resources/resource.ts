/**
 * A resource owns its bytes and its version: encoded once, and from then on only copied into responses. It must not know
 * who gets it.
 */
import { hash } from 'node:crypto';
import { type Digest, digestOf } from '../protocol/digest.js';
import { referencesOf } from './references.js';
import { fieldSize, stringFieldSize, writeHead, writeString, writeVarint } from '../wire/writer.js';

/** Field number of `resources` in DiscoveryResponse and DeltaDiscoveryResponse alike. */
const RESOURCES_FIELD = 2;
/** 16 base64 digits: 96 bits of SHA-256. */
const VERSION_LENGTH = 16;
/** A `google.protobuf.Duration` has about this many milliseconds. */
const MAX_TTL_MS = 315_576_000_000_000;

/** Made by `encodeResource` and its like, never by hand. One object may be put into any number of views, stores and servers. */
export interface EncodedResource {
  readonly typeUrl: string;
  readonly name: string;
  /** The serialized message: the value of the Any. */
  readonly value: Buffer;
  /** By default a hash of the value, the same in every process. A name and a version always identify the same bytes. */
  readonly version: string;
  /** Further names that a subscription may use; only the incremental protocol sends them to the client. */
  readonly aliases: readonly string[];
  /** A cluster: the name of the load assignment that must follow whenever the cluster is sent. */
  readonly endpoints: string | undefined;
  /** A listener or route: the clusters, discovered like itself, that a client must have accepted before. */
  readonly clusters: readonly string[];
  /** Milliseconds after which a client that does not hear of it again drops it. Undefined: never. */
  readonly ttlMs: number | undefined;
  /** Digest of name and version, and of aliases and time to live where there are any. */
  readonly digest: Digest;
  /** The entry in `resources` of a DeltaDiscoveryResponse, with tag and length. Its tail from `anyOffset` on is the Any. */
  readonly frame: Buffer;
  readonly anyOffset: number;
}

export interface ResourceOptions {
  /**
   * Default: a hash of the value and the aliases. Whoever gives versions must give new bytes or aliases a new one: a resource
   * with the version that is there already changes nothing, and is not sent to a client that comes back with it.
   */
  readonly version?: string;
  /** Further names under which clients may subscribe to it. Default: none. */
  readonly aliases?: readonly string[];
  /**
   * For a cluster of type EDS: its `service_name`, or else its name. Envoy warms a changed cluster until it gets its load
   * assignment again, so that is sent after it, changed or not. Default: read from the message.
   * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#resource-warming
   */
  readonly endpoints?: string;
  /**
   * For listeners and routes: clusters that are discovered too and that this resource refers to. While a client has rejected
   * one of them and has no earlier version of it, this resource is kept from that client, and while one of them does not
   * exist it is held back for up to `orderDeadlineMs`. Clusters of the client's own bootstrap do not belong here.
   * Default: read from the message: what the routes, the routes within an HttpConnectionManager, and the TcpProxy of a
   * listener send to.
   */
  readonly clusters?: readonly string[];
  /**
   * Milliseconds after which a client drops the resource if it has lost contact with the server: at least 1. It is sent
   * to clients that announce `xds.config.supports-resource-ttl` (by state of the world `xds.config.resource-in-sotw`, too),
   * and renewed every half of that time. Envoy 1.40 crashes when endpoints expire that came by state of the world, so use the
   * incremental protocol with it (https://github.com/envoyproxy/envoy/issues/24271). Default: the resource stays.
   * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#ttl
   */
  readonly ttlMs?: number;
}

/**
 * A resource from the bytes of its message, which are copied. It has one name and one type; the name should be that within
 * the message: what is no such message is rejected by clients. Throws RangeError for a time to live below 1 ms or without end.
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

/** Whether putting one in the place of the other changes nothing for anybody. */
export function isSameResource(one: EncodedResource | undefined, other: EncodedResource | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const { digest } = one;
  return one.version === other.version && digest.high === other.digest.high && digest.low === other.digest.low;
}

function defaultVersion(value: Uint8Array, aliases: readonly string[]): string {
  return contentVersion(aliases.length === 0 ? value : Buffer.concat([value, Buffer.from(aliases.join('\0'))]));
}

/** What the options say, and what they do not say as the message has it. */
function referencesWith({ endpoints, clusters }: ResourceOptions, typeUrl: string, value: Uint8Array) {
  if (endpoints !== undefined || clusters !== undefined) return { endpoints, clusters: clusters ?? [] };
  return referencesOf(typeUrl, value);
}

/** The version that a value has by default. */
export function contentVersion(value: Uint8Array): string {
  return hash('sha256', value, 'base64url').slice(0, VERSION_LENGTH);
}

/** `Resource { version = 1; resource = 2; name = 3; aliases = 4 }`, the Any last. */
function encodeFrame(typeUrl: string, name: string, value: Uint8Array, version: string, aliases: readonly string[]) {
  const anySize = stringFieldSize(typeUrl) + fieldSize(value.length);
  const aliasesSize = aliases.reduce((size, alias) => size + fieldSize(Buffer.byteLength(alias)), 0);
  const size = stringFieldSize(version) + stringFieldSize(name) + aliasesSize + fieldSize(anySize);
  // Not from the pool: a resource lives long, and would keep the rest of its slab alive.
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

/** Size of the resource's entry in `resources` of a DiscoveryResponse. */
export function anyEntrySize(resource: EncodedResource): number {
  return fieldSize(resource.frame.length - resource.anyOffset);
}

/** Writes the resource's entry in `resources` of a DiscoveryResponse and returns the position after it. */
export function writeAnyEntry(target: Buffer, position: number, resource: EncodedResource): number {
  const { frame, anyOffset } = resource;
  target[position] = (RESOURCES_FIELD << 3) | 2;
  const start = writeVarint(target, position + 1, frame.length - anyOffset);
  return start + frame.copy(target, start, anyOffset);
}
