/**
 * Resources with a time to live: which clients take them, and their entries in a response, with the message or without it
 * as a heartbeat. https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#ttl
 */
import type { Mode } from '../protocol/mode.js';
import type { XdsNode } from '../wire/xds-node.js';
import type { EncodedResource } from '../resources/resource.js';
import { fieldSize, varintSize, writeHead, writeString, writeVarint } from '../wire/writer.js';

/**
 * Features are announced as https://www.envoyproxy.io/docs/envoy/latest/api/client_features has them; other texts leave the
 * prefix out, or write `supports-` where that page does not.
 */
const FEATURE_PREFIX = 'xds.config.';
const TTL_FEATURES: ReadonlySet<string> = new Set(['supports-resource-ttl', 'resource-ttl']);
const WRAPPER_FEATURES: ReadonlySet<string> = new Set(['resource-in-sotw', 'supports-resource-in-sotw']);

const RESOURCES_FIELD = 2;
const TTL_FIELD = 6;
/** State of the world has bare messages; this wraps one in what has room for a time to live. */
const WRAPPER_TYPE_URL = 'type.googleapis.com/envoy.service.discovery.v3.Resource';

/** Whether a client takes a time to live: by state of the world it must unwrap resources, too. */
export function takesTtl({ clientFeatures }: XdsNode, mode: Mode): boolean {
  const features = clientFeatures.map((feature) =>
    feature.startsWith(FEATURE_PREFIX) ? feature.slice(FEATURE_PREFIX.length) : feature,
  );
  const announces = (wanted: ReadonlySet<string>): boolean => features.some((feature) => wanted.has(feature));
  return announces(TTL_FEATURES) && (mode === 'delta' || announces(WRAPPER_FEATURES));
}

/**
 * Whether heartbeats renew what a client has. By state of the world Envoy (1.40 at least) leaves them out before it looks at
 * times to live, and crashes when one has passed (https://github.com/envoyproxy/envoy/issues/24271): it is sent the whole
 * resource instead.
 */
export function takesHeartbeats({ userAgentName }: XdsNode, mode: Mode): boolean {
  return mode === 'delta' || userAgentName !== 'envoy';
}

/** Size of the entry in `resources`; `ttlMs` must be set. */
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

/** Length of the `envoy.service.discovery.v3.Resource`. */
function wrapperLength(resource: EncodedResource, withMessage: boolean): number {
  const content = contentEnd(resource, withMessage) - contentStart(resource.frame);
  return content + fieldSize(durationLength(resource.ttlMs ?? 0));
}

/** Where the content of a frame begins, after its tag and length. */
function contentStart(frame: Buffer): number {
  let position = 1;
  while ((frame[position] ?? 0) >= 0x80) position += 1;
  return position + 1;
}

/** Where it ends: with the message, or before it, as that comes last. */
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
