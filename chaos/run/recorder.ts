/**
 * Stands between Envoys and a control plane: passes ADS streams on, records every message, and can cut streams off or let nothing through for
 * some time, as a network does.
 */
import { Client, Server, ServerCredentials, type ServerDuplexStream, credentials, status } from '@grpc/grpc-js';
import type { SocketAddress } from '../../envoy/bootstrap.js';
import type { Mode } from '../history/events.js';
import type { History } from '../history/file.js';
import { readRequest, readResponse } from './decode-message.js';

const SERVICE = '/envoy.service.discovery.v3.AggregatedDiscoveryService/';
const METHODS: Readonly<Record<string, Mode>> = {
  StreamAggregatedResources: 'sotw',
  DeltaAggregatedResources: 'delta',
};

/** No limit of the size of messages, and connections of their own: a channel that is shared waits before it connects again. */
const OPTIONS = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.use_local_subchannel_pool': 1,
};

const OK: number = status.OK;

type Call = ServerDuplexStream<Buffer, Buffer>;

export class Recorder {
  readonly #history: History;
  readonly #server = new Server(OPTIONS);
  readonly #controlPlane: SocketAddress;
  readonly #calls = new Set<() => void>();
  /** What waits while nothing is let through. */
  #waiting: (() => void)[] | undefined;
  #xds: SocketAddress = { address: '', port: 0 };
  #streams = 0;

  private constructor(history: History, controlPlane: SocketAddress) {
    this.#history = history;
    this.#controlPlane = controlPlane;
  }

  /** @param address a loopback address for its port. */
  static async start(history: History, controlPlane: SocketAddress, address: string): Promise<Recorder> {
    const recorder = new Recorder(history, controlPlane);
    for (const [method, mode] of Object.entries(METHODS))
      recorder.#server.addService(definition(method), { [method]: (call: Call) => recorder.#pass(method, mode, call) });
    const port = await new Promise<number>((resolve, reject) => {
      const bound = (error: Error | null, found: number): void => (error ? reject(error) : resolve(found));
      recorder.#server.bindAsync(`${address}:0`, ServerCredentials.createInsecure(), bound);
    });
    recorder.#xds = { address, port };
    return recorder;
  }

  /** Where Envoys connect to. */
  get xds(): SocketAddress {
    return this.#xds;
  }

  /** Ends all streams, as if a proxy on the way had been restarted. */
  cut(): void {
    for (const cut of [...this.#calls]) cut();
  }

  /** Lets nothing through in either direction until `resume`. */
  pause(): void {
    this.#waiting ??= [];
  }

  resume(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const pass of waiting) pass();
  }

  stop(): void {
    this.resume();
    this.cut();
    this.#server.forceShutdown();
  }

  #through(pass: () => void): void {
    if (this.#waiting === undefined) pass();
    else this.#waiting.push(pass);
  }

  #pass(method: string, mode: Mode, call: Call): void {
    const { address, port } = this.#controlPlane;
    const client = new Client(`${address}:${port}`, credentials.createInsecure(), OPTIONS);
    const onward = client.makeBidiStreamRequest(SERVICE + method, identity, identity);
    const stream = (this.#streams += 1);
    let isOver = false;
    const end = (code: number, details: string): void => {
      if (isOver) return;
      isOver = true;
      this.#calls.delete(cut);
      this.#history.add({ kind: 'stream-end', stream });
      onward.cancel();
      client.close();
      if (code === OK) call.end();
      else call.emit('error', Object.assign(new Error(details), { code, details }));
    };
    const cut = (): void => end(status.UNAVAILABLE, 'cut off');
    this.#calls.add(cut);
    const unlessOver = (pass: () => void): void => this.#through(() => (isOver ? undefined : pass()));
    call.on('data', (bytes: Buffer) => unlessOver(() => onward.write(this.#recordRequest(mode, stream, bytes))));
    call.on('end', () => unlessOver(() => onward.end()));
    call.on('cancelled', () => end(status.CANCELLED, 'cancelled'));
    call.on('error', cut);
    onward.on('data', (bytes: Buffer) => unlessOver(() => call.write(this.#recordResponse(mode, stream, bytes))));
    // Every non-OK status is an error event as well.
    onward.on('error', () => undefined);
    onward.on('status', ({ code, details }) => this.#through(() => end(code, details)));
  }

  #recordRequest(mode: Mode, stream: number, bytes: Buffer): Buffer {
    const { request, node } = readRequest(mode, stream, bytes);
    if (node !== undefined) this.#history.add({ kind: 'stream', stream, proxy: node });
    this.#history.add(request);
    return bytes;
  }

  #recordResponse(mode: Mode, stream: number, bytes: Buffer): Buffer {
    this.#history.add(readResponse(mode, stream, bytes));
    return bytes;
  }
}

function definition(method: string) {
  return {
    [method]: {
      path: SERVICE + method,
      requestStream: true,
      responseStream: true,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    },
  };
}

function identity(bytes: Buffer): Buffer {
  return bytes;
}
