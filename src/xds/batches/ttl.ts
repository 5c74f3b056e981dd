/**
 * Resources with a TTL: which clients support them, and their entries in a response, with the message or as a heartbeat without it.
 * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#ttl
 */
import type { Mode } from '../protocol/mode.js';
import type { XdsNode } from '../wire/xds-node.js';
import type { EncodedResource } from '../resources/resource.js';
import { fieldSize, varintSize, writeHead, writeString, writeVarint } from '../wire/writer.js';

/**
 * The prefix of features in https://www.envoyproxy.io/docs/envoy/latest/api/client_features. Other texts leave the prefix out, or write
 * `supports-` where that page does not.
 */
const FEATURE_PREFIX = 'xds.config.';
const TTL_FEATURES: ReadonlySet<string> = new Set(['supports-resource-ttl', 'resource-ttl']);
const WRAPPER_FEATURES: ReadonlySet<string> = new Set(['resource-in-sotw', 'supports-resource-in-sotw']);

const RESOURCES_FIELD = 2;
const TTL_FIELD = 6;
/** State-of-the-world responses contain plain messages. This wrapper adds a TTL. */
const WRAPPER_TYPE_URL = 'type.googleapis.com/envoy.service.discovery.v3.Resource';

/** Whether a client supports TTLs. In the state-of-the-world variant, it must also support wrapped resources. */
export function takesTtl({ clientFeatures }: XdsNode, mode: Mode): boolean {
  const features = clientFeatures.map((feature) =>
    feature.startsWith(FEATURE_PREFIX) ? feature.slice(FEATURE_PREFIX.length) : feature,
  );
  const announces = (wanted: ReadonlySet<string>): boolean => features.some((feature) => wanted.has(feature));
  return announces(TTL_FEATURES) && (mode === 'delta' || announces(WRAPPER_FEATURES));
}

/**
 * Whether heartbeats renew the TTLs of a client. In the state-of-the-world variant, Envoy (at least 1.40) drops heartbeats before it reads
 * their TTL, and crashes when a TTL expires (https://github.com/envoyproxy/envoy/issues/24271). It is sent the whole resource instead.
 */
export function takesHeartbeats({ userAgentName }: XdsNode, mode: Mode): boolean {
  return mode === 'delta' || userAgentName !== 'envoy';
}

/** Size of the entry in `resources`. The resource must have a TTL. */
export function timedEntrySize(mode: Mode, resource: EncodedResource, withMessage: boolean): number {
  return fieldSize(entryLength(mode, resource, withMessage));
}

/** Writes the entry in `resources` of a response, and returns the position after it. */
export function writeTimedEntry(
  target: Buffer,
  position: number,
  mode: Mode,
  resource: EncodedResource,
  withMessage: boolean,
): number {
  let at = writeHead(target, position, RESOURCES_FIELD, entryLength(mode, resource, withMessage));
  if (mode === 'sotw') {
    at = writeString(target, at, 1, WRAPPER_TYPE_URL);
    at = writeHead(target, at, 2, wrapperLength(resource, withMessage));
  }
  const { frame } = resource;
  at += frame.copy(target, at, contentStart(frame), contentEnd(resource, withMessage));
  return writeTtl(target, at, resource.ttlMs ?? 0);
}

function entryLength(mode: Mode, resource: EncodedResource, withMessage: boolean): number {
  const length = wrapperLength(resource, withMessage);
  return mode === 'delta' ? length : fieldSize(WRAPPER_TYPE_URL.length) + fieldSize(length);
}

/** Length of the encoded `envoy.service.discovery.v3.Resource`. */
function wrapperLength(resource: EncodedResource, withMessage: boolean): number {
  const content = contentEnd(resource, withMessage) - contentStart(resource.frame);
  return content + fieldSize(durationLength(resource.ttlMs ?? 0));
}

/** The offset of the content of a frame, after its tag and length. */
function contentStart(frame: Buffer): number {
  let position = 1;
  while ((frame[position] ?? 0) >= 0x80) position += 1;
  return position + 1;
}

/** The end of the content: after the message, or before it, because the message comes last. */
function contentEnd({ frame, anyOffset }: EncodedResource, withMessage: boolean): number {
  return withMessage ? frame.length : anyOffset - 1 - varintSize(frame.length - anyOffset);
}

/** `google.protobuf.Duration { seconds = 1; nanos = 2 }`. */
function durationLength(ms: number): number {
  return 2 + varintSize(secondsOf(ms)) + varintSize(nanosOf(ms));
}

function writeTtl(target: Buffer, position: number, ms: number): number {
  let at = writeHead(target, position, TTL_FIELD, durationLength(ms));
  target[at] = 1 << 3;
  at = writeVarint(target, at + 1, secondsOf(ms));
  target[at] = 2 << 3;
  return writeVarint(target, at + 1, nanosOf(ms));
}

function secondsOf(ms: number): number {
  return Math.floor(ms / 1000);
}

function nanosOf(ms: number): number {
  return Math.round((ms % 1000) * 1e6);
}
