/**
 * Decodes `envoy.config.core.v3.Node`. The node comes from a client: the depth of its metadata is limited, all keys are treated alike, and a
 * message in many parts costs no more than its bytes.
 */
import type { XdsLocality, XdsNode } from './xds-node.js';
import { WireError, WireReader } from './reader.js';
import { decodeId } from './words.js';

/** The maximum depth of metadata. */
const MAX_DEPTH = 32;

type Entry = [key: string, value: unknown];

/** @throws WireError for invalid bytes, and for metadata that is too deep. */
export function decodeNode(bytes: Buffer): XdsNode {
  const reader = new WireReader(bytes);
  const node = { id: '', cluster: '', userAgentName: '', userAgentVersion: '' };
  const metadata: Entry[] = [];
  const locality = { region: '', zone: '', subZone: '' };
  const clientFeatures: string[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag >>> 3) {
      case 1:
        node.id = decodeName(reader, tag);
        break;
      case 2:
        node.cluster = decodeName(reader, tag);
        break;
      case 3:
        decodeEntries(reader.message(tag), 0, metadata);
        break;
      case 4:
        decodeLocality(reader.message(tag), locality);
        break;
      case 6:
        node.userAgentName = decodeName(reader, tag);
        break;
      case 7:
        node.userAgentVersion = decodeName(reader, tag);
        break;
      case 8:
        node.userAgentVersion = decodeBuildVersion(reader.message(tag));
        break;
      case 10:
        clientFeatures.push(decodeName(reader, tag));
        break;
      default:
        reader.skip(tag);
    }
  }
  return { ...node, locality, metadata: Object.fromEntries(metadata), clientFeatures };
}

/** What the client calls something; see `decodeId`. */
function decodeName(reader: WireReader, tag: number): string {
  return decodeId(reader.bytes, reader.span(tag), reader.position);
}

/** Protobuf merges the parts of a message that is split. */
function decodeLocality(reader: WireReader, locality: { -readonly [Field in keyof XdsLocality]: string }): void {
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag >>> 3) {
      case 1:
        locality.region = decodeName(reader, tag);
        break;
      case 2:
        locality.zone = decodeName(reader, tag);
        break;
      case 3:
        locality.subZone = decodeName(reader, tag);
        break;
      default:
        reader.skip(tag);
    }
  }
}

/** `envoy.config.core.v3.BuildVersion` as `major.minor.patch`. */
function decodeBuildVersion(reader: WireReader): string {
  let version = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) version = decodeSemanticVersion(reader.message(tag));
    else reader.skip(tag);
  }
  return version;
}

function decodeSemanticVersion(reader: WireReader): string {
  const parts = [0, 0, 0];
  while (!reader.done) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field >= 1 && field <= 3 && (tag & 7) === 0) parts[field - 1] = reader.varint();
    else reader.skip(tag);
  }
  return parts.join('.');
}

/** `google.protobuf.Struct`. Entries become own properties with any key, so `__proto__` is an ordinary key. */
function decodeStruct(reader: WireReader, depth: number): Record<string, unknown> {
  const entries: Entry[] = [];
  decodeEntries(reader, depth, entries);
  return Object.fromEntries(entries);
}

/** Appends the entries of a `Struct`. If a key occurs twice, the last one counts. */
function decodeEntries(reader: WireReader, depth: number, entries: Entry[]): void {
  if (depth > MAX_DEPTH) throw new WireError('node metadata is nested too deeply');
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) entries.push(decodeEntry(reader.message(tag), depth));
    else reader.skip(tag);
  }
}

function decodeEntry(reader: WireReader, depth: number): Entry {
  let key = '';
  let value: unknown = null;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) key = reader.string(tag);
    else if (tag >>> 3 === 2) value = decodeValue(reader.message(tag), depth);
    else reader.skip(tag);
  }
  return [key, value];
}

/** `google.protobuf.Value`. */
function decodeValue(reader: WireReader, depth: number): unknown {
  let value: unknown = null;
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case 0x08:
        reader.varint();
        value = null;
        break;
      case 0x11:
        value = reader.double(tag);
        break;
      case 0x1a:
        value = reader.string(tag);
        break;
      case 0x20:
        value = reader.varint() !== 0;
        break;
      case 0x2a:
        value = decodeStruct(reader.message(tag), depth + 1);
        break;
      case 0x32:
        value = decodeList(reader.message(tag), depth + 1);
        break;
      default:
        reader.skip(tag);
    }
  }
  return value;
}

function decodeList(reader: WireReader, depth: number): unknown[] {
  if (depth > MAX_DEPTH) throw new WireError('node metadata is nested too deeply');
  const values: unknown[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) values.push(decodeValue(reader.message(tag), depth));
    else reader.skip(tag);
  }
  return values;
}
