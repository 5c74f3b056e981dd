/**
 * A client of the services besides discovery, with the .proto files of their authors, so that the server's messages are checked against these.
 * Fields have the names of proto JSON, enums are words, 64-bit integers are numbers, and unset fields are absent.
 */
import { fileURLToPath } from 'node:url';
import { Client, type ClientReadableStream, type StatusObject, credentials } from '@grpc/grpc-js';
import { type MethodDefinition, type ServiceDefinition, loadSync } from '@grpc/proto-loader';
import { type ClientProof, metadataOf } from './xds/client-calls.js';
import { lazy } from '../proto/lazy.js';

const MODULES = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
const ENVOY = `${MODULES}@grpc/grpc-js-xds/deps/`;

const definitions = lazy(() =>
  loadSync(
    [
      'envoy/service/status/v3/csds.proto',
      'envoy/service/load_stats/v3/lrs.proto',
      'health/v1/health.proto',
      'grpc/reflection/v1/reflection.proto',
      'grpc/reflection/v1alpha/reflection.proto',
    ],
    {
      longs: Number,
      enums: String,
      includeDirs: [
        ...['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'].map((folder) => ENVOY + folder),
        `${MODULES}grpc-health-check/proto`,
        `${MODULES}@grpc/reflection/build/proto`,
      ],
    },
  ),
);

type Method = MethodDefinition<object, object>;

function methodOf(path: string): Method {
  const [, service = '', name = ''] = path.split('/');
  const method = (definitions()[service] as ServiceDefinition | undefined)?.[name];
  if (method === undefined) throw new Error(`there is no method ${path}`);
  return method;
}

export class ServiceClient {
  readonly #client: Client;
  readonly #proof: ClientProof;

  constructor(port: number, proof: ClientProof = {}) {
    this.#proof = proof;
    this.#client = new Client(`127.0.0.1:${String(port)}`, proof.channel ?? credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': -1,
    });
  }

  /** Rejects with grpc-js's ServiceError. */
  unary<Answer>(path: string, request: object): Promise<Answer> {
    const { requestSerialize, responseDeserialize } = methodOf(path);
    return new Promise((resolve, reject) => {
      const answered = (error: Error | null, answer?: object): void =>
        error === null ? resolve(answer as Answer) : reject(error);
      const metadata = metadataOf(this.#proof);
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, answered);
    });
  }

  /** One request, any number of answers. */
  watch<Answer>(path: string, request: object): ServiceStream<Answer> {
    const { requestSerialize, responseDeserialize } = methodOf(path);
    const call = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
    return new ServiceStream<Answer>(
      call,
      () => undefined,
      () => undefined,
    );
  }

  stream<Answer>(path: string): ServiceStream<Answer> {
    const { requestSerialize, responseDeserialize } = methodOf(path);
    const call = this.#client.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      metadataOf(this.#proof),
    );
    return new ServiceStream<Answer>(
      call,
      (request) => void call.write(request),
      () => void call.end(),
    );
  }

  close(): void {
    this.#client.close();
  }
}

/** A call with any number of answers, which are kept until the test asks for them. */
export class ServiceStream<Answer> {
  /** How the call ended. */
  readonly status: Promise<Pick<StatusObject, 'code' | 'details'>>;
  readonly send: (request: object) => void;
  readonly halfClose: () => void;
  readonly #call: ClientReadableStream<object>;
  readonly #answers: Answer[] = [];
  #waiting: (() => void) | undefined;

  constructor(call: ClientReadableStream<object>, send: (request: object) => void, halfClose: () => void) {
    this.#call = call;
    this.send = send;
    this.halfClose = halfClose;
    call.on('error', () => undefined);
    call.on('data', (answer: Answer) => {
      this.#answers.push(answer);
      this.#waiting?.();
    });
    this.status = new Promise((resolve) => call.on('status', resolve));
  }

  /** The number of answers that the test has not taken. */
  get pending(): number {
    return this.#answers.length;
  }

  /** The next answer. Rejects if the call ends before it arrives. */
  async next(): Promise<Answer> {
    if (this.#answers.length === 0) {
      const ended = this.status.then(({ code, details }) =>
        Promise.reject(new Error(`ended with ${code}: ${details}`)),
      );
      await Promise.race([new Promise<void>((resolve) => (this.#waiting = resolve)), ended]);
    }
    return this.#answers.shift() as Answer;
  }

  /** Stops reading, like a client that hangs. */
  pause(): void {
    this.#call.pause();
  }

  cancel(): void {
    this.#call.cancel();
  }
}

/** Clients of one `describe`, closed after each of its tests. */
export function serviceClients(): (port: number, proof?: ClientProof) => ServiceClient {
  const clients: ServiceClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  return (port, proof) => {
    const client = new ServiceClient(port, proof);
    clients.push(client);
    return client;
  };
}

/** Waits, one turn of the event loop after the other, until the condition holds. */
export async function turnsUntil(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setImmediate(resolve));
}
