/**
 * The bytes of responses: a chunk is one response without its nonce, encoded once and shared by all streams that are sent
 * it. A nonce is a field of its own in front of it.
 */
import type { Mode } from './batch.js';
import { type EncodedResource, anyEntrySize, writeAnyEntry } from './resource.js';
import { fieldSize, stringFieldSize, writeHead, writeString } from './wire/writer.js';

const VERSION_FIELD = 1;
const TYPE_URL_FIELD = 4;
const NONCE_FIELD = 5;
const REMOVED_FIELD = 6;

/** What is to be told, in one response or several. */
export interface Content {
  readonly mode: Mode;
  readonly typeUrl: string;
  readonly version: string;
  readonly resources: readonly EncodedResource[];
  /** Those of the resources that are new to the client. */
  readonly changed: readonly EncodedResource[];
  readonly removed: readonly string[];
}

/** One response, but for its nonce. */
export interface Chunk extends Omit<Content, 'changed'> {
  /** Names of the load assignments that must follow, since their clusters are new to the client. */
  readonly endpoints: ReadonlySet<string>;
  /** Size of the body in bytes. */
  readonly size: number;
}

/** Splits so that no chunk exceeds `maxBytes`, as far as that is possible without splitting a resource. At least one chunk. */
export function chunksOf(content: Content, maxBytes: number): readonly Chunk[] {
  const { mode, typeUrl, version } = content;
  const changed = new Set(content.changed);
  const overhead = stringFieldSize(version) + stringFieldSize(typeUrl);
  const chunks: Chunk[] = [];
  let current = { resources: [] as EncodedResource[], removed: [] as string[], size: overhead };
  const close = (): void => {
    chunks.push({ mode, typeUrl, version, ...current, endpoints: endpointsOf(current.resources, changed) });
    current = { resources: [], removed: [], size: overhead };
  };
  const room = (size: number): void => {
    if (current.size + size > maxBytes && current.size > overhead) close();
    current.size += size;
  };
  for (const resource of content.resources) {
    room(entrySize(mode, resource));
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

function entrySize(mode: Mode, resource: EncodedResource): number {
  return mode === 'sotw' ? anyEntrySize(resource) : resource.frame.length;
}

/** `version_info`, `resources`, `type_url` and `removed_resources`: the same field numbers in both kinds of response. */
export function encodeBody(chunk: Chunk): Buffer {
  const body = Buffer.allocUnsafe(chunk.size);
  let position = writeString(body, 0, VERSION_FIELD, chunk.version);
  for (const resource of chunk.resources) {
    if (chunk.mode === 'sotw') position = writeAnyEntry(body, position, resource);
    else position += resource.frame.copy(body, position);
  }
  position = writeString(body, position, TYPE_URL_FIELD, chunk.typeUrl);
  for (const name of chunk.removed) {
    const start = writeHead(body, position, REMOVED_FIELD, Buffer.byteLength(name));
    position = start + body.write(name, start);
  }
  return body;
}

/** The nonce field, which makes a body a response. */
export function encodeNonce(nonce: string): Buffer {
  const field = Buffer.allocUnsafe(stringFieldSize(nonce));
  writeString(field, 0, NONCE_FIELD, nonce);
  return field;
}
