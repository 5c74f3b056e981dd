/**
 * Envoy's messages: between the bytes of the wire and the JSON of https://protobuf.dev/programming-guides/json/, in
 * which all of Lifeboat writes them. Knows the messages that `proto/envoy-messages.txt` lists, and nothing of what
 * they are used for.
 */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import protojson from 'protobufjs/ext/protojson.js';
import type { Any, EnvoyMessages } from '../generated/envoy.js';
import { finishMessage } from './finish-message.js';
import { lazy } from './lazy.js';
import { sortKeys } from './sort-keys.js';

/** Full name of a message: `envoy.config.cluster.v3.Cluster`. */
export type EnvoyMessageName = keyof EnvoyMessages;

/** The messages that Lifeboat sends and takes. */
const envoyRoot = lazy(() => readDescriptors('envoy.json'));

/** Those and all others; twice as large, so it is read when one of the others is met first. */
const allRoot = lazy(() => readDescriptors('envoy-all.json'));

/** Of the compiled descriptors, beside the compiled sources. */
function readDescriptors(file: string): protobuf.Root {
  const path = new URL(`../../generated/${file}`, import.meta.url);
  const root = protobuf.Root.fromJSON(JSON.parse(readFileSync(path, 'utf8')) as protobuf.INamespace);
  root.resolveAll();
  return root;
}

/** The message type. Its field names are those of JSON (`consecutive5xx`). Throws for a name that is not compiled. */
export function envoyType(name: EnvoyMessageName): protobuf.Type {
  const found = envoyRoot().lookup(name, [protobuf.Type]);
  return found instanceof protobuf.Type ? found : allRoot().lookupType(name);
}

/** The same, where a message within it may be any that is compiled. */
export function anyEnvoyType(name: string): protobuf.Type | undefined {
  const found = allRoot().lookup(name, [protobuf.Type]);
  return found instanceof protobuf.Type ? found : undefined;
}

/**
 * The gRPC service, such as `envoy.service.discovery.v3.AggregatedDiscoveryService`. Throws for a name that is not
 * compiled.
 */
export function envoyService(name: string): protobuf.Service {
  return envoyRoot().lookupService(name);
}

/**
 * What stands before a message inside `google.protobuf.Any`, and names the type of a resource in discovery requests.
 */
export function typeUrl<Name extends EnvoyMessageName>(name: Name): `type.googleapis.com/${Name}` {
  return `type.googleapis.com/${name}`;
}

/** The message as `google.protobuf.Any`. */
export function packAny<Name extends EnvoyMessageName>(name: Name, json: EnvoyMessages[Name]): Any {
  return { '@type': typeUrl(name), ...json };
}

/**
 * The message in bytes. Equal messages give equal bytes, whatever the order of their keys. Throws for a field that
 * the message does not have and for a value that the field cannot hold.
 */
export function encodeEnvoyMessage<Name extends EnvoyMessageName>(name: Name, json: EnvoyMessages[Name]): Buffer {
  const type = envoyType(name);
  return finishMessage(type.encode(protojson.fromJson(type, sortKeys(json))));
}

/**
 * The message in its canonical JSON: fields at their defaults and empty lists and maps are left out, what is inside
 * `google.protobuf.Any` is written out. Throws for bytes that are no such message and for an `Any` whose type is not
 * compiled.
 */
export function decodeEnvoyMessage<Name extends EnvoyMessageName>(name: Name, bytes: Uint8Array): EnvoyMessages[Name] {
  try {
    return decodeWith(envoyType(name), bytes) as EnvoyMessages[Name];
  } catch {
    // What is inside an Any may be one of the others.
    return decodeWith(allRoot().lookupType(name), bytes) as EnvoyMessages[Name];
  }
}

function decodeWith(type: protobuf.Type, bytes: Uint8Array): unknown {
  return protojson.toJson(type, type.decode(bytes));
}
