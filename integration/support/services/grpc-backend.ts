/**
 * A gRPC service that answers each call with its name, and a client that calls it through an Envoy. Messages are plain text, so no .proto file
 * is needed.
 */
import { Client, credentials, Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';

export const METHOD = '/lifeboat.test.Reviews/Name';
const toBytes = (text: string): Buffer => Buffer.from(text);
const toText = (bytes: Buffer): string => bytes.toString();

const SERVICE: ServiceDefinition = {
  name: {
    path: METHOD,
    requestStream: false,
    responseStream: false,
    requestSerialize: toBytes,
    requestDeserialize: toText,
    responseSerialize: toBytes,
    responseDeserialize: toText,
  },
};

export class GrpcBackend {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  #server: Server | undefined;

  private constructor(name: string, address: string, port: number) {
    this.name = name;
    this.address = address;
    this.port = port;
  }

  static async start(name: string, address: string, port: number): Promise<GrpcBackend> {
    const backend = new GrpcBackend(name, address, port);
    await backend.restore();
    return backend;
  }

  /** Stops the server but keeps the address. */
  refuse(): Promise<void> {
    this.#server?.forceShutdown();
    this.#server = undefined;
    return Promise.resolve();
  }

  restore(): Promise<void> {
    const server = new Server();
    server.addService(SERVICE, {
      name: (_call: unknown, callback: (error: null, name: string) => void) => callback(null, this.name),
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.bindAsync(`${this.address}:${this.port}`, ServerCredentials.createInsecure(), (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }
}

export interface GrpcCaller {
  /** Returns the name of the backend. Rejects with the gRPC error. */
  call(): Promise<string>;
  close(): void;
}

/** A client of the address. `authority`: the service that it calls. */
export function grpcCaller(address: string, port: number, authority: string): GrpcCaller {
  const client = new Client(`${address}:${port}`, credentials.createInsecure(), {
    'grpc.default_authority': authority,
    // Retries of the client would hide those of Envoy.
    'grpc.enable_retries': 0,
  });
  const call = (): Promise<string> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(METHOD, toBytes, toText, 'who?', { deadline: Date.now() + 20_000 }, (error, name) => {
        if (error === null) resolve(name ?? '');
        else reject(error);
      });
    });
  return { call, close: () => client.close() };
}
