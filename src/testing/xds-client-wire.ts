/** The messages of the fake xDS client, by Envoy's own descriptors, so that the server's wire code is checked by another. */
import { envoyType } from '../proto/envoy-types.js';

export type ClientMode = 'sotw' | 'delta';

/** A request of either mode in the field names of protobufjs. */
export interface ClientRequest {
  readonly typeUrl: string;
  readonly node?: Readonly<Record<string, unknown>>;
  readonly versionInfo?: string;
  readonly resourceNames?: readonly string[];
  readonly resourceNamesSubscribe?: readonly string[];
  readonly resourceNamesUnsubscribe?: readonly string[];
  readonly initialResourceVersions?: Readonly<Record<string, string>>;
  readonly responseNonce?: string;
  readonly errorDetail?: { readonly code?: number; readonly message?: string };
}

export interface ClientResource {
  readonly name: string;
  /** Of the resource itself: incremental only. */
  readonly version: string;
  readonly value: Buffer;
  readonly aliases: readonly string[];
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
  /** Size of the message. */
  readonly bytes: number;
}

interface AnyMessage {
  readonly type_url: string;
  readonly value: Uint8Array;
}

export function encodeRequest(mode: ClientMode, request: ClientRequest): Buffer {
  const name = mode === 'sotw' ? 'DiscoveryRequest' : 'DeltaDiscoveryRequest';
  const type = envoyType(`envoy.service.discovery.v3.${name}`);
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
  const message = envoyType('envoy.service.discovery.v3.DiscoveryResponse').decode(bytes) as unknown as SotwResponse;
  const resources = message.resources.map((any) => resourceOf(message.typeUrl, any, '', []));
  return response(message, message.versionInfo, resources, [], bytes.length);
}

interface DeltaResponse {
  readonly systemVersionInfo: string;
  readonly resources: readonly { name: string; version: string; resource: AnyMessage; aliases: readonly string[] }[];
  readonly typeUrl: string;
  readonly nonce: string;
  readonly removedResources: readonly string[];
}

function decodeDelta(bytes: Buffer): ClientResponse {
  const message = envoyType('envoy.service.discovery.v3.DeltaDiscoveryResponse').decode(
    bytes,
  ) as unknown as DeltaResponse;
  const resources = message.resources.map((entry) =>
    resourceOf(message.typeUrl, entry.resource, entry.version, entry.aliases),
  );
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

function resourceOf(typeUrl: string, any: AnyMessage, version: string, aliases: readonly string[]): ClientResource {
  if (any.type_url !== typeUrl) throw new Error(`a ${any.type_url} in a response of ${typeUrl}`);
  const value = Buffer.from(any.value);
  return { name: nameOf(value), version, value, aliases };
}

/** Field 1 of the message: in every Envoy resource, its name. */
function nameOf(value: Buffer): string {
  const length = value[1] ?? 0;
  if (value[0] !== 0x0a || length > 0x7f) throw new Error('the resource does not begin with a short name');
  return value.toString('utf8', 2, 2 + length);
}
