/** A DNS server for tests: answers as a test says. https://www.rfc-editor.org/rfc/rfc1035#section-4 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { SocketAddress } from '../../../envoy/bootstrap.js';

/** `empty`: the name exists and has no address. */
export type DnsBehaviour = 'answer' | 'SERVFAIL' | 'NXDOMAIN' | 'empty';

const CODES: Readonly<Record<DnsBehaviour, number>> = { answer: 0, empty: 0, SERVFAIL: 2, NXDOMAIN: 3 };
const HEADER_BYTES = 12;
const TYPE_A = 1;
/** Response, recursion available. */
const RESPONSE_FLAGS = 0x8180;
/** A name that stands at the beginning of the question. */
const NAME_OF_QUESTION = 0xc000 | HEADER_BYTES;

export class DnsServer {
  readonly #socket: Socket = createSocket('udp4');
  readonly #address: string;
  readonly #names = new Map<
    string,
    { readonly addresses: readonly string[]; behaviour: DnsBehaviour; asked: number }
  >();

  private constructor(address: string) {
    this.#address = address;
  }

  /** @param names the IPv4 addresses of each name. */
  static async start(address: string, names: Readonly<Record<string, readonly string[]>>): Promise<DnsServer> {
    const server = new DnsServer(address);
    for (const [name, addresses] of Object.entries(names))
      server.#names.set(name, { addresses, behaviour: 'answer', asked: 0 });
    server.#socket.on('message', (query, from) => server.#answer(query, from));
    server.#socket.bind(0, address);
    await once(server.#socket, 'listening');
    return server;
  }

  get socket(): SocketAddress {
    return { address: this.#address, port: this.#socket.address().port };
  }

  /** From now on, queries for this name are answered in this way. */
  behave(name: string, behaviour: DnsBehaviour): void {
    const known = this.#names.get(name);
    if (known !== undefined) known.behaviour = behaviour;
  }

  /** How often this name was asked for. */
  asked(name: string): number {
    return this.#names.get(name)?.asked ?? 0;
  }

  stop(): void {
    this.#socket.close();
  }

  #answer(query: Buffer, from: RemoteInfo): void {
    const { name, type, end } = questionOf(query);
    const known = this.#names.get(name);
    if (known !== undefined) known.asked += 1;
    const behaviour = known?.behaviour ?? 'NXDOMAIN';
    const addresses = behaviour === 'answer' && type === TYPE_A ? (known?.addresses ?? []) : [];
    const response = Buffer.concat([query.subarray(0, end), ...addresses.map(addressRecord)]);
    response.writeUInt16BE(RESPONSE_FLAGS | CODES[behaviour], 2);
    response.writeUInt16BE(addresses.length, 6);
    // The query may have additional records (EDNS), which are not repeated.
    response.writeUInt32BE(0, 8);
    this.#socket.send(response, from.port, from.address);
  }
}

function questionOf(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } {
  const labels: string[] = [];
  let position = HEADER_BYTES;
  for (let length = query.readUInt8(position); length > 0; length = query.readUInt8(position)) {
    labels.push(query.toString('latin1', position + 1, position + 1 + length));
    position += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(position + 1), end: position + 5 };
}

/** Of class IN, with a TTL of 1 s. */
function addressRecord(address: string): Buffer {
  const record = Buffer.alloc(12);
  record.writeUInt16BE(NAME_OF_QUESTION, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(1, 6);
  record.writeUInt16BE(4, 10);
  return Buffer.concat([record, Buffer.from(address.split('.').map(Number))]);
}
