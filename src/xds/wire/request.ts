/**
 * Decodes DiscoveryRequest and DeltaDiscoveryRequest. The names of a state-of-the-world request stay bytes, so that the
 * thousand names of an ACK can be compared with those of the request before without being read.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/discovery/v3/discovery.proto
 */
import { NameLists } from './name-lists.js';
import { LENGTH_DELIMITED, WireError, WireReader } from './reader.js';
import { fieldSize, writeHead } from './writer.js';

/** Tag of `resource_names`. */
const NAMES_TAG = (3 << 3) | LENGTH_DELIMITED;
const NO_BYTES: Buffer = Buffer.alloc(0);
const NO_STRINGS: readonly string[] = [];

/** `google.rpc.Status` of a refusal. */
export interface ErrorDetail {
  readonly code: number;
  readonly message: string;
}

export interface DiscoveryRequest {
  readonly typeUrl: string;
  readonly versionInfo: string;
  readonly responseNonce: string;
  /** `resource_names`, and the names of `resource_locators`, as they stood in the request, one field after the other; they point into the request, or are one of `known`. */
  readonly names: Buffer;
  /** Bytes of the Node; undefined where there is none. */
  readonly node: Buffer | undefined;
  /** Its presence makes the request a NACK. */
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
 * `known` are name lists of earlier requests on the stream: if one of them stands in this request, its bytes are stepped
 * over at once. Throws WireError.
 */
export function decodeDiscoveryRequest(bytes: Buffer, known: Iterable<Buffer> = []): DiscoveryRequest {
  const reader = new WireReader(bytes);
  let [typeUrl, versionInfo, responseNonce] = ['', '', ''];
  let names: Buffer = NO_BYTES;
  const locators: Buffer[] = [];
  let node: Buffer | undefined;
  let error: ErrorDetail | undefined;
  while (!reader.done) {
    const start = reader.position;
    const tag = reader.tag();
    switch (tag >>> 3) {
      case 1:
        versionInfo = reader.string(tag);
        break;
      case 2:
        node = field(reader, tag);
        break;
      case 3:
        names = join(names, nameRun(reader, start, tag, known));
        break;
      case 4:
        typeUrl = reader.string(tag);
        break;
      case 5:
        responseNonce = reader.string(tag);
        break;
      case 6:
        error = decodeStatus(reader.message(tag));
        break;
      case 7:
        locators.push(nameField(decodeLocator(reader.message(tag))));
        break;
      default:
        reader.skip(tag);
    }
  }
  if (locators.length > 0) names = Buffer.concat([names, ...locators]);
  return { typeUrl, versionInfo, responseNonce, names, node, error };
}

function field(reader: WireReader, tag: number): Buffer {
  const start = reader.span(tag);
  return reader.bytes.subarray(start, reader.position);
}

function join(first: Buffer, second: Buffer): Buffer {
  return first.length === 0 ? second : Buffer.concat([first, second]);
}

/** The bytes of all `resource_names` that follow one another from `start` on; their first tag is already read. */
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

/** The strings in `names` of a DiscoveryRequest, in their order, with duplicates. Throws WireError above `limit`. */
export function decodeNames(names: Buffer, limit: number): string[] {
  const reader = new WireReader(names);
  const result: string[] = [];
  while (!reader.done) {
    if (result.length >= limit) throw new WireError(`more than ${String(limit)} resource names`);
    result.push(reader.string(reader.tag()));
  }
  return result;
}

/**
 * The name in a `ResourceLocator`, which counts like any other name; resources have no variants for its dynamic parameters
 * to choose from. What is missing is answered in `removed_resources` as for other names. The `resource_errors` of later
 * versions of the protocol are not sent: the descriptors that the server is checked against do not have them, and Envoy
 * does not read them.
 */
function decodeLocator(reader: WireReader): string {
  let name = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) name = reader.string(tag);
    else reader.skip(tag);
  }
  return name;
}

/** A name as it stands in `resource_names`. */
function nameField(name: string): Buffer {
  const length = Buffer.byteLength(name);
  const bytes = Buffer.allocUnsafe(fieldSize(length));
  const start = writeHead(bytes, 0, NAMES_TAG >>> 3, length);
  bytes.write(name, start);
  return bytes;
}

function decodeStatus(reader: WireReader): ErrorDetail {
  let code = 0;
  let message = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 0x08) code = reader.varint();
    else if (tag >>> 3 === 2) message = reader.string(tag);
    else reader.skip(tag);
  }
  return { code, message };
}

/** `limit` bounds each of the lists; `lists` remembers what came lately. Throws WireError. */
export function decodeDeltaDiscoveryRequest(bytes: Buffer, limit: number, lists = new NameLists()): DeltaDiscoveryRequest {
  const reader = new WireReader(bytes);
  let [typeUrl, responseNonce] = ['', ''];
  const runs: (readonly string[])[] = [];
  const located: string[] = [];
  const unsubscribe: string[] = [];
  const initialVersions = new Map<string, string>();
  let node: Buffer | undefined;
  let error: ErrorDetail | undefined;
  while (!reader.done) {
    const start = reader.position;
    const tag = reader.tag();
    switch (tag >>> 3) {
      case 1:
        node = field(reader, tag);
        break;
      case 2:
        typeUrl = reader.string(tag);
        break;
      case 3:
        runs.push(lists.read(nameRun(reader, start, tag, lists.known()), limit));
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
        error = decodeStatus(reader.message(tag));
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
  // Not by a spread, which costs more than all the rest: every ACK passes here.
  const subscribe = runs.length + located.length === 0 ? NO_STRINGS : together([...runs, located], limit);
  return { typeUrl, responseNonce, subscribe, unsubscribe, initialVersions, node, error };
}

/** The lists as one; a single one as it is, since it may be known. */
function together(lists: readonly (readonly string[])[], limit: number): readonly string[] {
  const [only = [], ...others] = lists.filter(({ length }) => length > 0);
  const all = others.length === 0 ? only : [only, ...others].flat();
  if (all.length > limit) throw new WireError(`more than ${String(limit)} resource names`);
  return all;
}

function push(names: string[], name: string, limit: number): void {
  if (names.length >= limit) throw new WireError(`more than ${String(limit)} resource names`);
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
  if (versions.size >= limit) throw new WireError(`more than ${String(limit)} resource versions`);
  versions.set(name, version);
}
