/** Encodes and decodes the messages of the fake xDS client by Envoy's descriptors, independently of the server's own code. */
import { envoyType } from '../../proto/envoy-types.js';
import { lazy } from '../../proto/lazy.js';

export type ClientMode = 'sotw' | 'delta';

/** A `ResourceLocator`. */
export interface Locator {
  readonly name: string;
  readonly dynamicParameters?: Readonly<Record<string, string>>;
}

/** A request of either variant, with the field names of protobufjs. */
export interface ClientRequest {
  readonly typeUrl: string;
  readonly node?: Readonly<Record<string, unknown>>;
  readonly versionInfo?: string;
  readonly resourceNames?: readonly string[];
  readonly resourceNamesSubscribe?: readonly string[];
  readonly resourceNamesUnsubscribe?: readonly string[];
  readonly resourceLocators?: readonly Locator[];
  readonly resourceLocatorsSubscribe?: readonly Locator[];
  readonly resourceLocatorsUnsubscribe?: readonly Locator[];
  readonly initialResourceVersions?: Readonly<Record<string, string>>;
  readonly responseNonce?: string;
  readonly errorDetail?: { readonly code?: number; readonly message?: string };
}

export interface ClientResource {
  readonly name: string;
  /** The version of the resource: only incremental, or if it is wrapped. */
  readonly version: string;
  /** Empty for a heartbeat. */
  readonly value: Buffer;
  readonly aliases: readonly string[];
  readonly ttlMs: number | undefined;
  /** Whether it contains no message. */
  readonly heartbeat: boolean;
  /** Only state of the world: whether it is wrapped in a `Resource`. */
  readonly wrapped: boolean;
}

export interface ClientResponse {
  readonly typeUrl: string;
  readonly nonce: string;
  /** `version_info` or `system_version_info`. */
  readonly version: string;
  readonly resources: readonly ClientResource[];
  /** Names of the resources, sorted. */
  readonly names: readonly string[];
  /** Incremental only, sorted. */
  readonly removed: readonly string[];
  /** The size of the message. */
  readonly bytes: number;
}

const WRAPPER = 'type.googleapis.com/envoy.service.discovery.v3.Resource';

interface AnyMessage {
  readonly type_url: string;
  readonly value: Uint8Array;
}

/** `envoy.service.discovery.v3.Resource`. */
interface Wrapper {
  readonly name: string;
  readonly version: string;
  readonly resource: AnyMessage | null;
  readonly aliases: readonly string[];
  readonly ttl: { readonly seconds: { toNumber(): number } | number; readonly nanos: number } | null;
}

/** Looked up once, because random runs decode millions of messages. */
const TYPES = lazy(() => ({
  wrapper: envoyType('envoy.service.discovery.v3.Resource'),
  requests: {
    sotw: envoyType('envoy.service.discovery.v3.DiscoveryRequest'),
    delta: envoyType('envoy.service.discovery.v3.DeltaDiscoveryRequest'),
  },
  responses: {
    sotw: envoyType('envoy.service.discovery.v3.DiscoveryResponse'),
    delta: envoyType('envoy.service.discovery.v3.DeltaDiscoveryResponse'),
  },
}));

function decodeWrapper(bytes: Uint8Array): Wrapper {
  return TYPES().wrapper.decode(bytes) as unknown as Wrapper;
}

export function encodeRequest(mode: ClientMode, request: ClientRequest): Buffer {
  const type = TYPES().requests[mode];
  return Buffer.from(type.encode(type.create(request)).finish());
}

export function decodeResponse(mode: ClientMode, bytes: Buffer): ClientResponse {
  return mode === 'sotw' ? decodeSotw(bytes) : decodeDelta(bytes);
}

interface SotwResponse {
  readonly versionInfo: string;
  readonly resources: readonly AnyMessage[];
  readonly typeUrl: string;
  readonly nonce: string;
}

function decodeSotw(bytes: Buffer): ClientResponse {
  const message = TYPES().responses.sotw.decode(bytes) as unknown as SotwResponse;
  const resources = message.resources.map((any) =>
    any.type_url === WRAPPER
      ? { ...resourceOf(message.typeUrl, decodeWrapper(any.value)), wrapped: true }
      : resourceOf(message.typeUrl, { name: '', version: '', resource: any, aliases: [], ttl: null }),
  );
  return response(message, message.versionInfo, resources, [], bytes.length);
}

interface DeltaResponse {
  readonly systemVersionInfo: string;
  readonly resources: readonly Wrapper[];
  readonly typeUrl: string;
  readonly nonce: string;
  readonly removedResources: readonly string[];
}

function decodeDelta(bytes: Buffer): ClientResponse {
  const message = TYPES().responses.delta.decode(bytes) as unknown as DeltaResponse;
  const resources = message.resources.map((entry) => resourceOf(message.typeUrl, entry));
  return response(message, message.systemVersionInfo, resources, message.removedResources, bytes.length);
}

function response(
  { typeUrl, nonce }: { readonly typeUrl: string; readonly nonce: string },
  version: string,
  resources: readonly ClientResource[],
  removed: readonly string[],
  bytes: number,
): ClientResponse {
  return {
    typeUrl,
    nonce,
    version,
    resources,
    names: resources.map(({ name }) => name).sort(),
    removed: [...removed].sort(),
    bytes,
  };
}

function resourceOf(typeUrl: string, { name, version, resource: any, aliases, ttl }: Wrapper): ClientResource {
  const common = { version, aliases, ttlMs: ttl === null ? undefined : millisecondsOf(ttl), wrapped: false };
  if (any === null) return { ...common, name, value: Buffer.alloc(0), heartbeat: true };
  if (any.type_url !== typeUrl) throw new Error(`a ${any.type_url} in a response of ${typeUrl}`);
  const value = Buffer.from(any.value);
  return { ...common, name: nameOf(value), value, heartbeat: false };
}

function millisecondsOf({ seconds, nanos }: NonNullable<Wrapper['ttl']>): number {
  return (typeof seconds === 'number' ? seconds : seconds.toNumber()) * 1000 + nanos / 1e6;
}

/** Field 1 of the message, which is the name in all of Envoy's resources. */
function nameOf(value: Buffer): string {
  const length = value[1] ?? 0;
  if (value[0] !== 0x0a || length > 0x7f) throw new Error('the resource does not begin with a short name');
  return value.toString('utf8', 2, 2 + length);
}
