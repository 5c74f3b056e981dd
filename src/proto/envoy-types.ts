/**
 * Converts Envoy's messages between protobuf and proto JSON (https://protobuf.dev/programming-guides/json/), in which all of Lifeboat
 * writes them. Contains the messages that `proto/envoy-messages.txt` lists. Independent of what they are used for.
 */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import protojson from 'protobufjs/ext/protojson.js';
import type { Any, EnvoyMessages } from '../generated/envoy.js';
import { finishMessage } from './finish-message.js';
import { isObject } from './json-object.js';
import { lazy } from './lazy.js';
import { sortKeys } from './sort-keys.js';
import { WireReader } from './wire-reader.js';

/** Full name of a message: `envoy.config.cluster.v3.Cluster`. */
export type EnvoyMessageName = keyof EnvoyMessages;

/** The messages that Lifeboat sends and receives. */
const envoyRoot = lazy(() => readDescriptors('envoy.json'));

/** These messages and all others. Twice as large, so it is read only when one of the others is needed. */
const allRoot = lazy(() => readDescriptors('envoy-all.json'));

/** Reads the descriptors that the build wrote next to the compiled sources. */
function readDescriptors(file: string): protobuf.Root {
  const path = new URL(`../../generated/${file}`, import.meta.url);
  const root = protobuf.Root.fromJSON(JSON.parse(readFileSync(path, 'utf8')) as protobuf.INamespace);
  root.resolveAll();
  return root;
}

/**
 * The message type. Its field names are those of proto JSON (`consecutive5xx`).
 * @throws Error if the message is not compiled.
 */
export function envoyType(name: EnvoyMessageName): protobuf.Type {
  const found = envoyRoot().lookup(name, [protobuf.Type]);
  return found instanceof protobuf.Type ? found : allRoot().lookupType(name);
}

/** The message type, which can contain any compiled message in an `Any`. `undefined` if the message is not compiled. */
export function anyEnvoyType(name: string): protobuf.Type | undefined {
  const found = allRoot().lookup(name, [protobuf.Type]);
  return found instanceof protobuf.Type ? found : undefined;
}

/**
 * The gRPC service, such as `envoy.service.discovery.v3.AggregatedDiscoveryService`.
 * @throws Error if the service is not compiled.
 */
export function envoyService(name: string): protobuf.Service {
  return envoyRoot().lookupService(name);
}

/** The type URL of a message, as in `google.protobuf.Any` and as the resource type in discovery requests. */
export function typeUrl<Name extends EnvoyMessageName>(name: Name): `type.googleapis.com/${Name}` {
  return `type.googleapis.com/${name}`;
}

/** The message as `google.protobuf.Any`. */
export function packAny<Name extends EnvoyMessageName>(name: Name, json: EnvoyMessages[Name]): Any {
  return { '@type': typeUrl(name), ...json };
}

/**
 * Encodes a message. Equal messages have equal bytes, regardless of the order of their keys.
 * @throws Error for a field that the message does not have, or a value that the field cannot hold.
 */
export function encodeEnvoyMessage<Name extends EnvoyMessageName>(name: Name, json: EnvoyMessages[Name]): Buffer {
  const type = envoyType(name);
  return finishMessage(type.encode(protojson.fromJson(type, sortKeys(json))));
}

/**
 * Decodes a message to canonical JSON. Omits fields with default values, empty lists and empty maps, and expands `google.protobuf.Any`.
 * @throws Error for bytes that are not such a message, or an `Any` whose type is not compiled.
 */
export function decodeEnvoyMessage<Name extends EnvoyMessageName>(name: Name, bytes: Uint8Array): EnvoyMessages[Name] {
  try {
    return decodeWith(envoyType(name), bytes) as EnvoyMessages[Name];
  } catch {
    // An `Any` may contain a message that is only in `allRoot`.
    return decodeWith(allRoot().lookupType(name), bytes) as EnvoyMessages[Name];
  }
}

/** Bytes of a message that are decoded in one step. */
const STEP_BYTES = 16 << 10;

/**
 * The same in steps, for messages of any size. A message may be cut between its fields: each part is a message of the same type, and a repeated
 * field of the whole has the items of all parts. https://protobuf.dev/programming-guides/encoding/#last-one-wins
 * @param bytes in which every field that is not repeated occurs once.
 */
export function* decodeEnvoyMessageInSteps<Name extends EnvoyMessageName>(
  name: Name,
  bytes: Uint8Array,
): Generator<void, EnvoyMessages[Name]> {
  const whole: Record<string, unknown> = {};
  for (const part of partsOf(bytes)) {
    addFields(whole, decodeEnvoyMessage(name, part) as Record<string, unknown>);
    yield;
  }
  return whole as EnvoyMessages[Name];
}

function* partsOf(bytes: Uint8Array): Generator<Uint8Array, void> {
  const reader = new WireReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  let start = 0;
  while (!reader.done) {
    reader.skip(reader.tag());
    if (reader.position - start < STEP_BYTES) continue;
    yield bytes.subarray(start, reader.position);
    start = reader.position;
  }
  if (start < bytes.length) yield bytes.subarray(start);
}

function addFields(whole: Record<string, unknown>, part: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(part)) {
    const before = whole[field];
    if (Array.isArray(before) && Array.isArray(value)) for (const item of value as unknown[]) before.push(item);
    else if (isObject(before) && isObject(value)) whole[field] = { ...before, ...value };
    else whole[field] = value;
  }
}

function decodeWith(type: protobuf.Type, bytes: Uint8Array): unknown {
  return protojson.toJson(type, type.decode(bytes));
}
