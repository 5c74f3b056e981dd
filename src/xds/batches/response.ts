/**
 * Encodes responses. A chunk is a response without its nonce. It is encoded once for all streams. The nonce is a separate field in front of
 * it.
 */
import type { Mode } from '../protocol/mode.js';
import { NO_NAMES } from '../resources/coverage.js';
import { type EncodedResource, anyEntrySize, writeAnyEntry } from '../resources/resource.js';
import { timedEntrySize, writeTimedEntry } from './ttl.js';
import { fieldSize, stringFieldSize, writeHead, writeString } from '../wire/writer.js';

const VERSION_FIELD = 1;
const TYPE_URL_FIELD = 4;
const NONCE_FIELD = 5;
const REMOVED_FIELD = 6;

/** The content of one or several responses. */
export interface Content {
  readonly mode: Mode;
  readonly typeUrl: string;
  readonly version: string;
  readonly resources: readonly EncodedResource[];
  /** The resources that are new to the client. */
  readonly changed: readonly EncodedResource[];
  readonly removed: readonly string[];
}

/**
 * The encoding of resources with a TTL: without the TTL, with it, or with it and without the message. Other resources have the same encoding
 * in all forms.
 */
export type ChunkForm = 'plain' | 'timed' | 'heartbeat';

/** One response, without its nonce. */
export interface Chunk extends Omit<Content, 'changed'> {
  readonly form: ChunkForm;
  /** The same response for clients that support TTLs. `undefined` if no resource has one. */
  readonly timed: Chunk | undefined;
  /** Names of the load assignments that must follow, because their clusters are new to the client. */
  readonly endpoints: ReadonlySet<string>;
  /** Size of the body in bytes. */
  readonly size: number;
}

/** Splits the content so that no chunk exceeds `maxBytes`, unless a single resource does. Returns at least one chunk. */
export function chunksOf(content: Content, maxBytes: number): readonly Chunk[] {
  const { mode, typeUrl, version } = content;
  const changed = new Set(content.changed);
  const overhead = stringFieldSize(version) + stringFieldSize(typeUrl);
  const chunks: Chunk[] = [];
  const none = { size: overhead, timedSize: overhead };
  let current = { resources: [] as EncodedResource[], removed: [] as string[], ...none };
  const close = (): void => {
    const { timedSize, ...common } = current;
    const endpoints = endpointsOf(current.resources, changed);
    const plain: Chunk = { mode, typeUrl, version, ...common, endpoints, form: 'plain', timed: undefined };
    chunks.push(timedSize === plain.size ? plain : { ...plain, timed: { ...plain, size: timedSize, form: 'timed' } });
    current = { resources: [], removed: [], ...none };
  };
  const room = (size: number, timedSize = size): void => {
    if (current.timedSize + timedSize > maxBytes && current.size > overhead) close();
    current.size += size;
    current.timedSize += timedSize;
  };
  for (const resource of content.resources) {
    room(entrySize(mode, resource, 'plain'), entrySize(mode, resource, 'timed'));
    current.resources.push(resource);
  }
  for (const name of content.removed) {
    room(fieldSize(Buffer.byteLength(name)));
    current.removed.push(name);
  }
  if (chunks.length === 0 || current.size > overhead) close();
  return chunks;
}

function endpointsOf(
  resources: readonly EncodedResource[],
  changed: ReadonlySet<EncodedResource>,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const resource of resources)
    if (resource.endpoints !== undefined && changed.has(resource)) names.add(resource.endpoints);
  return names;
}

/** One chunk with as many of the resources as fit into `maxBytes`, but at least one. */
export function chunkOf(
  content: Omit<Content, 'changed' | 'removed'> & { readonly form: ChunkForm },
  maxBytes: number,
): Chunk {
  const { mode, typeUrl, version, form } = content;
  const resources: EncodedResource[] = [];
  let size = stringFieldSize(version) + stringFieldSize(typeUrl);
  for (const resource of content.resources) {
    const entry = entrySize(mode, resource, form);
    if (size + entry > maxBytes && resources.length > 0) break;
    size += entry;
    resources.push(resource);
  }
  return { ...content, resources, removed: [], endpoints: NO_NAMES, timed: undefined, size };
}

function entrySize(mode: Mode, resource: EncodedResource, form: ChunkForm): number {
  if (form !== 'plain' && resource.ttlMs !== undefined) return timedEntrySize(mode, resource, form === 'timed');
  return mode === 'sotw' ? anyEntrySize(resource) : resource.frame.length;
}

/** `version_info`, `resources`, `type_url` and `removed_resources`. Both kinds of response have the same field numbers. */
export function encodeBody(chunk: Chunk): Buffer {
  const body = Buffer.allocUnsafe(chunk.size);
  let position = writeString(body, 0, VERSION_FIELD, chunk.version);
  for (const resource of chunk.resources) {
    if (chunk.form !== 'plain' && resource.ttlMs !== undefined)
      position = writeTimedEntry(body, position, chunk.mode, resource, chunk.form === 'timed');
    else if (chunk.mode === 'sotw') position = writeAnyEntry(body, position, resource);
    else position += resource.frame.copy(body, position);
  }
  position = writeString(body, position, TYPE_URL_FIELD, chunk.typeUrl);
  for (const name of chunk.removed) {
    const start = writeHead(body, position, REMOVED_FIELD, Buffer.byteLength(name));
    position = start + body.write(name, start);
  }
  return body;
}

/** The nonce field. Nonce and body together are a response. */
export function encodeNonce(nonce: string): Buffer {
  const field = Buffer.allocUnsafe(stringFieldSize(nonce));
  writeString(field, 0, NONCE_FIELD, nonce);
  return field;
}
