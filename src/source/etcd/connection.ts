/**
 * A connection to one of the endpoints of an etcd cluster, with TLS and a user. After a failure, the next endpoint is used. It must not know
 * what is asked for.
 */
import { readFile } from 'node:fs/promises';
import { type ChannelCredentials, Client, type ClientDuplexStream, Metadata, credentials, status } from '@grpc/grpc-js';
import { EtcdError, etcdError, isStaleToken, isUnreachable } from './etcd-error.js';
import { METHODS, type EtcdMethod } from './messages.js';

/** Where etcd is, and how to log in. */
export interface EtcdServers {
  /** Each `http://HOST:PORT` or `https://HOST:PORT`. At least one. */
  readonly endpoints: readonly string[];
  /** PEM files. They are read again for each new connection. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** The password is the first line of the file, read for each new token. */
  readonly user?: { readonly name: string; readonly passwordFile: string };
}

/** Milliseconds that a member may take to answer, before it counts as frozen. */
export const PATIENCE_MS = 5_000;

/** A bidirectional stream. */
export type Duplex<Request, Response> = ClientDuplexStream<Request, Response>;

interface Channel {
  readonly endpoint: string;
  readonly client: Client;
}

const CHANNEL_OPTIONS = {
  // Otherwise a new connection waits as long as the one before it had to.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
};

export class EtcdConnection {
  readonly #servers: EtcdServers;
  readonly #patienceMs: number;
  #channel: Promise<Channel> | undefined;
  #token: Promise<string | undefined> | undefined;
  #next: number;

  /** `first`: the index of the endpoint that is tried first. Default: at random, so that clients spread. */
  constructor(
    servers: EtcdServers,
    { patienceMs = PATIENCE_MS, first = Math.random() * servers.endpoints.length } = {},
  ) {
    this.#servers = servers;
    this.#patienceMs = patienceMs;
    this.#next = Math.floor(first);
  }

  /** @throws EtcdError, also if there is no answer in time */
  async ask<Request extends object, Response>(
    method: EtcdMethod<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return this.#withToken(async (metadata) => this.#unary(await this.#open(), method, request, metadata));
  }

  /** Asks one endpoint after the other until one answers. @throws EtcdError of the last one if none does */
  async askAny<Request extends object, Response>(
    method: EtcdMethod<Request, Response>,
    request: Request,
  ): Promise<Response> {
    for (let left = this.#servers.endpoints.length - 1; ; left -= 1) {
      try {
        return await this.ask(method, request);
      } catch (error) {
        if (left <= 0 || !isUnreachable(error)) throw error;
      }
    }
  }

  /** Opens a stream. Its errors are for {@link failed}. @throws EtcdError if there is no token */
  async stream<Request extends object, Response>(
    method: EtcdMethod<Request, Response>,
  ): Promise<Duplex<Request, Response>> {
    const metadata = await this.#metadata();
    const { client } = await this.#open();
    return client.makeBidiStreamRequest(method.path, method.encode, method.decode, metadata);
  }

  /** What an error of a stream means. The next request goes to the next endpoint. */
  async failed(error: unknown): Promise<Error> {
    const endpoint = this.#channel === undefined ? 'etcd' : (await this.#channel).endpoint;
    const known = isServiceError(error) ? etcdError(error, endpoint) : at(error, endpoint);
    if (isStaleToken(known)) this.#token = undefined;
    else await this.abandon();
    return known instanceof Error ? known : new Error(String(known));
  }

  /** Closes the connection. The next request goes to the next endpoint. */
  async abandon(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    this.#token = undefined;
    (await channel?.catch(() => undefined))?.client.close();
  }

  async #withToken<Response>(action: (metadata: Metadata) => Promise<Response>): Promise<Response> {
    try {
      return await action(await this.#metadata());
    } catch (error) {
      if (!isStaleToken(error) || this.#servers.user === undefined) throw error;
      this.#token = undefined;
      return action(await this.#metadata());
    }
  }

  async #metadata(): Promise<Metadata> {
    const metadata = new Metadata();
    // A member that has lost the others must not answer as if it knew everything.
    metadata.set('hasleader', 'true');
    this.#token ??= this.#authenticate();
    try {
      const token = await this.#token;
      if (token !== undefined) metadata.set('token', token);
      return metadata;
    } catch (error) {
      this.#token = undefined;
      throw error;
    }
  }

  async #authenticate(): Promise<string | undefined> {
    const { user } = this.#servers;
    if (user === undefined) return undefined;
    const password = (await readFile(user.passwordFile, 'utf8')).split(/\r?\n/u, 1)[0] ?? '';
    try {
      const request = { name: user.name, password };
      const { token } = await this.#unary(await this.#open(), METHODS.authenticate, request, new Metadata());
      return token;
    } catch (error) {
      // Authentication is off: everybody may do everything.
      if (error instanceof EtcdError && error.code === status.FAILED_PRECONDITION) return undefined;
      throw error;
    }
  }

  #open(): Promise<Channel> {
    this.#channel ??= this.#connect().catch((error: unknown) => {
      this.#channel = undefined;
      throw error;
    });
    return this.#channel;
  }

  async #connect(): Promise<Channel> {
    const { endpoints } = this.#servers;
    const endpoint = endpoints[this.#next % endpoints.length] ?? '';
    this.#next += 1;
    const [protocol = '', address = ''] = endpoint.split('://');
    const secure = protocol === 'https' ? await this.#secure() : credentials.createInsecure();
    return { endpoint, client: new Client(address, secure, CHANNEL_OPTIONS) };
  }

  async #secure(): Promise<ChannelCredentials> {
    const { ca, cert, key } = this.#servers.tls;
    return credentials.createSsl(await contentOf(ca), await contentOf(key), await contentOf(cert));
  }

  async #unary<Request extends object, Response>(
    { client, endpoint }: Channel,
    { path, encode, decode }: EtcdMethod<Request, Response>,
    request: Request,
    metadata: Metadata,
  ): Promise<Response> {
    try {
      return await new Promise<Response>((resolve, reject) => {
        const options = { deadline: Date.now() + this.#patienceMs };
        client.makeUnaryRequest(path, encode, decode, request, metadata, options, (error, answer) => {
          if (error !== null) reject(etcdError(error, endpoint));
          else if (answer === undefined) reject(new EtcdError(status.INTERNAL, `${endpoint}: an empty answer`));
          else resolve(answer);
        });
      });
    } catch (error) {
      if (isUnreachable(error)) await this.abandon();
      throw error;
    }
  }
}

async function contentOf(file: string | undefined): Promise<Buffer | null> {
  return file === undefined ? null : readFile(file);
}

/** The error with the endpoint that it is about. */
function at(error: unknown, endpoint: string): unknown {
  return error instanceof EtcdError ? new EtcdError(error.code, `${endpoint}: ${error.message}`) : error;
}

function isServiceError(error: unknown): error is Parameters<typeof etcdError>[0] {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}
