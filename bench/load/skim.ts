/**
 * Finds the parts of an encoded resource that the measurement needs: its type, its service, and the mark of a change. Decodes nothing else.
 */
import { DIGITS, NAME_PREFIX, PORT, TYPE, TYPE_NAMES, type TypeName } from '../world/names.js';
import { Cursor } from './protobuf.js';

export type Mode = 'sotw' | 'delta';

/** The four type URLs have different lengths, so the length identifies the type. */
const BY_LENGTH: ReadonlyMap<number, TypeName> = new Map(TYPE_NAMES.map((type) => [TYPE[type].length, type]));

const ANY = { typeUrl: 1, value: 2 } as const;
/** `Resource.resource` in a DeltaDiscoveryResponse. */
const RESOURCE_ANY = 2;
/** The name is field 1 in all four types. */
const NAME = 1;

export class Skimmer {
  readonly #cursor = new Cursor();
  readonly #mode: Mode;
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  type: TypeName | undefined;
  /** The number of the service. -1 if the resource belongs to no service. */
  service = -1;

  constructor(mode: Mode) {
    this.#mode = mode;
  }

  /** Reads an entry of `resources`. */
  read(bytes: Buffer, start: number, end: number): void {
    const cursor = this.#cursor;
    this.type = undefined;
    this.service = -1;
    cursor.enter(bytes, start, end);
    if (this.#mode === 'delta') {
      if (!cursor.find(RESOURCE_ANY)) return;
      cursor.descend();
    }
    if (!cursor.find(ANY.typeUrl)) return;
    this.type = typeOf(cursor.stop - cursor.start);
    if (!cursor.find(ANY.value)) return;
    this.#bytes = bytes;
    this.#start = cursor.start;
    this.#end = cursor.stop;
    cursor.descend();
    if (cursor.find(NAME)) this.service = serviceOf(bytes, cursor.start, cursor.stop);
  }

  /** For a load assignment: the first port that differs from all others. 0 if none does. */
  endpointMark(): number {
    const cursor = this.#cursor;
    cursor.enter(this.#bytes, this.#start, this.#end);
    while (cursor.find(2)) {
      const [localityEnd, clusterEnd] = [cursor.stop, cursor.end];
      cursor.descend();
      while (cursor.find(2)) {
        const endpointEnd = cursor.stop;
        const port = portOf(cursor);
        if (port !== PORT) return port;
        cursor.enter(this.#bytes, endpointEnd, localityEnd);
      }
      cursor.enter(this.#bytes, localityEnd, clusterEnd);
    }
    return 0;
  }

  /** For a cluster: the number of errors before an ejection, which policy changes set. */
  policyMark(): number {
    const cursor = this.#cursor;
    cursor.enter(this.#bytes, this.#start, this.#end);
    for (const number of [19, 1]) {
      if (!cursor.find(number)) return 0;
      cursor.descend();
    }
    return cursor.find(1) ? cursor.value : 0;
  }
}

export function typeOf(urlLength: number): TypeName | undefined {
  return BY_LENGTH.get(urlLength);
}

function serviceOf(bytes: Buffer, start: number, end: number): number {
  const first = start + NAME_PREFIX.length;
  if (end < first + DIGITS) return -1;
  let index = 0;
  for (let at = first; at < first + DIGITS; at += 1) index = index * 10 + (bytes[at] ?? 0) - 48;
  return index;
}

/** `LbEndpoint.endpoint.address.socket_address.port_value` of the current field. */
function portOf(cursor: Cursor): number {
  cursor.descend();
  for (let depth = 0; depth < 3; depth += 1) {
    if (!cursor.find(1)) return PORT;
    cursor.descend();
  }
  return cursor.find(3) ? cursor.value : PORT;
}
