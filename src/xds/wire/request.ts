/**
 * Decodes DiscoveryRequest and DeltaDiscoveryRequest. The names of a state-of-the-world request stay encoded, so that those of an ACK can be
 * compared with those of the last request without decoding thousands of names.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/discovery/v3/discovery.proto
 */
import { NameLists } from './name-lists.js';
import { Parts } from './parts.js';
import { TooManyNames } from './names.js';
import { LENGTH_DELIMITED, WireReader } from './reader.js';
import { decodeWords } from './words.js';
import { fieldSize, writeHead } from './writer.js';

/** The tag of `resource_names`. */
const NAMES_TAG = (3 << 3) | LENGTH_DELIMITED;
const NO_BYTES: Buffer = Buffer.alloc(0);
const NO_STRINGS: readonly string[] = [];
const NONE_KNOWN: readonly Buffer[] = [];
const NO_ERROR: ErrorDetail = { code: 0, message: '' };

/** `google.rpc.Status` of a NACK. */
export interface ErrorDetail {
  readonly code: number;
  /** The client's error message, at most 4 KiB; see `decodeWords`. */
  readonly message: string;
}

export interface DiscoveryRequest {
  readonly typeUrl: string;
  readonly versionInfo: string;
  readonly responseNonce: string;
  /** The fields `resource_names`, encoded, with the names of `resource_locators`. A part of the request, one of `known`, or a copy. */
  readonly names: Buffer;
  /** The encoded node. `undefined` if absent. */
  readonly node: Buffer | undefined;
  /** If present, the request is a NACK. */
  readonly error: ErrorDetail | undefined;
}

export interface DeltaDiscoveryRequest {
  readonly typeUrl: string;
  readonly responseNonce: string;
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  readonly initialVersions: ReadonlyMap<string, string>;
  readonly node: Buffer | undefined;
  readonly error: ErrorDetail | undefined;
}

/**
 * `known`: encoded name lists of earlier requests on the stream. If the request contains one of them, it is compared, not read.
 *
 * @throws WireError for invalid bytes
 */
export function decodeDiscoveryRequest(bytes: Buffer, known: Iterable<Buffer> = []): DiscoveryRequest {
  const reader = new WireReader(bytes);
  let [typeUrl, versionInfo, responseNonce] = ['', '', ''];
  const names = new Parts(bytes.length);
  let node: Parts | undefined;
  let error: ErrorDetail | undefined;
  while (!reader.done) {
    const start = reader.position;
    const tag = reader.tag();
    switch (tag >>> 3) {
      case 1:
        versionInfo = reader.string(tag);
        break;
      case 2:
        (node ??= new Parts(bytes.length)).add(field(reader, tag));
        break;
      case 3:
        names.add(nameRun(reader, start, tag, names.empty ? known : NONE_KNOWN));
        break;
      case 4:
        typeUrl = reader.string(tag);
        break;
      case 5:
        responseNonce = reader.string(tag);
        break;
      case 6:
        error = decodeStatus(reader.message(tag), error);
        break;
      case 7:
        names.add(nameField(locatorName(reader.message(tag))));
        break;
      default:
        reader.skip(tag);
    }
  }
  return { typeUrl, versionInfo, responseNonce, names: names.join() ?? NO_BYTES, node: node?.join(), error };
}

function field(reader: WireReader, tag: number): Buffer {
  const start = reader.span(tag);
  return reader.bytes.subarray(start, reader.position);
}

/** The bytes of all consecutive `resource_names` from `start`. Their first tag was already read. */
function nameRun(reader: WireReader, start: number, tag: number, known: Iterable<Buffer>): Buffer {
  const { bytes, end } = reader;
  for (const names of known) {
    const after = start + names.length;
    if (names.length === 0 || after > end || bytes[after] === NAMES_TAG) continue;
    if (names.compare(bytes, start, after) !== 0) continue;
    reader.position = after;
    return names;
  }
  reader.span(tag);
  while (reader.position < end && bytes[reader.position] === NAMES_TAG) reader.span(reader.tag());
  return bytes.subarray(start, reader.position);
}

/**
 * The name in a `ResourceLocator`. It is treated like other names: dynamic parameters are ignored, because resources have no variants, and a
 * missing name is answered in `removed_resources`. The field `resource_errors` of later versions of the protocol is not sent, because the
 * descriptors for the checks lack it and Envoy does not read it.
 */
function locatorName(reader: WireReader): Buffer {
  let name = NO_BYTES;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) name = field(reader, tag);
    else reader.skip(tag);
  }
  return name;
}

function decodeLocator(reader: WireReader): string {
  return locatorName(reader).toString();
}

/** A name encoded as a `resource_names` field. Not longer than its locator. */
function nameField(name: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(fieldSize(name.length));
  name.copy(bytes, writeHead(bytes, 0, NAMES_TAG >>> 3, name.length));
  return bytes;
}

/** The second argument is an earlier part of the same message. Protobuf merges both. */
function decodeStatus(reader: WireReader, { code, message }: ErrorDetail = NO_ERROR): ErrorDetail {
  const status = { code, message };
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 0x08) status.code = reader.varint();
    else if (tag >>> 3 === 2) status.message = decodeWords(reader.bytes, reader.span(tag), reader.position);
    else reader.skip(tag);
  }
  return status;
}

/** `limit`: maximum length of each list. `lists`: the cache of lists. @throws WireError for invalid bytes. */
export function decodeDeltaDiscoveryRequest(
  bytes: Buffer,
  limit: number,
  lists = new NameLists(),
): DeltaDiscoveryRequest {
  const reader = new WireReader(bytes);
  let [typeUrl, responseNonce] = ['', ''];
  const names = new Parts(bytes.length);
  const located: string[] = [];
  const unsubscribe: string[] = [];
  const initialVersions = new Map<string, string>();
  let node: Parts | undefined;
  let error: ErrorDetail | undefined;
  while (!reader.done) {
    const start = reader.position;
    const tag = reader.tag();
    switch (tag >>> 3) {
      case 1:
        (node ??= new Parts(bytes.length)).add(field(reader, tag));
        break;
      case 2:
        typeUrl = reader.string(tag);
        break;
      case 3:
        names.add(nameRun(reader, start, tag, names.empty ? lists.known() : NONE_KNOWN));
        break;
      case 4:
        push(unsubscribe, reader.string(tag), limit);
        break;
      case 5:
        decodeVersion(reader.message(tag), initialVersions, limit);
        break;
      case 6:
        responseNonce = reader.string(tag);
        break;
      case 7:
        error = decodeStatus(reader.message(tag), error);
        break;
      case 8:
        push(located, decodeLocator(reader.message(tag)), limit);
        break;
      case 9:
        push(unsubscribe, decodeLocator(reader.message(tag)), limit);
        break;
      default:
        reader.skip(tag);
    }
  }
  const named = names.join();
  const subscribe = together(named === undefined ? NO_STRINGS : lists.read(named, limit), located, limit);
  return { typeUrl, responseNonce, subscribe, unsubscribe, initialVersions, node: node?.join(), error };
}

/** Both lists together. A single list is returned unchanged, because it may be cached. */
function together(names: readonly string[], located: readonly string[], limit: number): readonly string[] {
  if (located.length === 0) return names;
  if (names.length + located.length > limit) throw new TooManyNames(limit);
  return names.length === 0 ? located : names.concat(located);
}

function push(names: string[], name: string, limit: number): void {
  if (names.length >= limit) throw new TooManyNames(limit);
  names.push(name);
}

function decodeVersion(reader: WireReader, versions: Map<string, string>, limit: number): void {
  let name = '';
  let version = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) name = reader.string(tag);
    else if (tag >>> 3 === 2) version = reader.string(tag);
    else reader.skip(tag);
  }
  if (versions.size >= limit) throw new TooManyNames(limit, 'resource versions');
  versions.set(name, version);
}
