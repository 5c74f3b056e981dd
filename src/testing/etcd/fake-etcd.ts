/** A small etcd in this process: keys with revisions, compaction, watches, users. It can fall silent, as if it were frozen. */
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

interface Stored {
  readonly key: string;
  readonly value: string;
  readonly modRevision: number;
}

interface Change extends Stored {
  readonly type: 'PUT' | 'DELETE';
}

interface RangeAsked {
  readonly key: Buffer;
  readonly limit: number;
  readonly revision: number;
}

interface WatchAsked {
  readonly createRequest?: { readonly key: Buffer; readonly startRevision: number };
}

interface TxnAsked {
  readonly compare?: readonly { readonly key: Buffer; readonly createRevision: number }[];
  readonly success?: readonly {
    readonly requestPut?: { readonly key: Buffer; readonly value: Buffer };
    readonly requestDeleteRange?: { readonly key: Buffer };
  }[];
}

type WatchCall = ServerDuplexStream<WatchAsked, object>;

const ROOT = protobuf.Root.fromJSON(
  JSON.parse(readFileSync(new URL('../../../generated/etcd.json', import.meta.url), 'utf8')) as protobuf.INamespace,
);

export class FakeEtcd {
  readonly ranges: RangeAsked[] = [];
  /** The keys of each transaction that was applied. */
  readonly commits: (readonly string[])[] = [];
  readonly watches = new Set<WatchCall>();
  /** Watches that were created so far. */
  created = 0;
  isSilent = false;
  /** Requests need this token. */
  token: string | undefined;
  /** With which tokens were asked for. */
  readonly passwords: string[] = [];
  readonly #server = new Server();
  #revision = 1;
  #compacted = 0;
  #changes: readonly Change[] = [];
  #port = 0;

  async start(): Promise<this> {
    this.#add('KV', {
      Range: unary((request, metadata) => this.#range(request as RangeAsked, metadata)),
      Txn: unary((request) => this.#commit(request)),
    });
    this.#add('Auth', {
      Authenticate: unary((request) => {
        this.passwords.push((request as { readonly password: string }).password);
        return { token: this.token };
      }),
    });
    this.#add('Watch', { Watch: (call: WatchCall) => this.#watch(call) });
    this.#port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    return this;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  put(key: string, value: string): void {
    this.#change({ type: 'PUT', key, value, modRevision: this.#revision + 1 });
  }

  delete(key: string): void {
    this.#change({ type: 'DELETE', key, value: '', modRevision: this.#revision + 1 });
  }

  /** Forgets what was before now. */
  compact(): void {
    this.#compacted = this.#revision;
  }

  /** As if it were restored from an old backup. */
  goBackTo(revision: number): void {
    this.#changes = this.#changes.filter((change) => change.modRevision <= revision);
    this.#revision = revision;
  }

  /** Ends all watches, as a member that shuts down. */
  breakWatches(): void {
    for (const call of this.watches) call.emit('error', failure(status.UNAVAILABLE, 'etcdserver: server stopped'));
  }

  #change(change: Change): void {
    this.#revision = change.modRevision;
    this.#changes = [...this.#changes, change];
    for (const call of this.watches) call.write({ header: this.#header(), events: [eventOf(change)] });
  }

  #header(): object {
    return { revision: this.#revision };
  }

  #range(asked: RangeAsked, metadata: Metadata): object | undefined {
    if (this.isSilent) return undefined;
    if (this.token !== undefined && metadata.get('token')[0] !== this.token)
      throw failure(status.UNAUTHENTICATED, 'etcdserver: invalid auth token');
    this.ranges.push(asked);
    const revision = asked.revision || this.#revision;
    const from = asked.key.toString();
    const found = this.#at(revision).filter(({ key }) => key >= from);
    const page = asked.limit > 0 ? found.slice(0, asked.limit) : found;
    return { header: this.#header(), kvs: page.map(keyValueOf), more: page.length < found.length };
  }

  #commit({ compare = [], success = [] }: TxnAsked): object | undefined {
    if (this.isSilent) return undefined;
    const holds = compare.every(({ key, createRevision }) => this.createdAt(key.toString()) === createRevision);
    if (!holds) return { header: this.#header(), succeeded: false };
    const keys = success.map(({ requestPut: put, requestDeleteRange: gone }) => {
      if (put !== undefined) this.put(put.key.toString(), put.value.toString());
      else if (gone !== undefined) this.delete(gone.key.toString());
      return (put ?? gone)?.key.toString() ?? '';
    });
    this.commits.push(keys);
    return { header: this.#header(), succeeded: true };
  }

  /** The revision at which a key was created; 0: it does not exist. */
  createdAt(key: string): number {
    const changes = this.#changes.filter((change) => change.key === key);
    const gone = changes.findLastIndex(({ type }) => type === 'DELETE');
    return changes[gone + 1]?.modRevision ?? 0;
  }

  /** What a key has now. */
  valueOf(key: string): string | undefined {
    return this.#at(this.#revision).find((stored) => stored.key === key)?.value;
  }

  #at(revision: number): readonly Stored[] {
    const keys = new Map<string, Stored>();
    for (const change of this.#changes.filter(({ modRevision }) => modRevision <= revision)) {
      if (change.type === 'PUT') keys.set(change.key, change);
      else keys.delete(change.key);
    }
    return [...keys.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  #watch(call: WatchCall): void {
    call.on('error', () => this.watches.delete(call));
    call.on('cancelled', () => this.watches.delete(call));
    call.on('data', ({ createRequest }: WatchAsked) => {
      if (this.isSilent) return;
      if (createRequest === undefined) call.write({ header: this.#header() });
      else this.#create(call, createRequest.startRevision);
    });
  }

  #create(call: WatchCall, start: number): void {
    const header = this.#header();
    call.write({ header, created: true });
    if (start <= this.#compacted) {
      call.write({ header, canceled: true, compactRevision: this.#compacted });
      return;
    }
    const missed = this.#changes.filter(({ modRevision }) => modRevision >= start);
    if (missed.length > 0) call.write({ header, events: missed.map(eventOf) });
    this.watches.add(call);
    this.created += 1;
  }

  #add(service: string, handlers: Readonly<Record<string, (...args: never[]) => void>>): void {
    const { methods } = ROOT.lookupService(`etcdserverpb.${service}`);
    const definition = Object.fromEntries(
      Object.keys(handlers).map((name) => [name, definitionOf(service, methods[name])]),
    );
    this.#server.addService(definition, handlers as Parameters<Server['addService']>[1]);
  }
}

function definitionOf(
  service: string,
  method: protobuf.Method | undefined,
): Parameters<Server['addService']>[0][string] {
  method?.resolve();
  const [asked, answered] = [method?.resolvedRequestType, method?.resolvedResponseType];
  if (!method || !asked || !answered) throw new Error(`${service} lacks a method`);
  return {
    path: `/etcdserverpb.${service}/${method.name}`,
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: (bytes) => asked.toObject(asked.decode(bytes), { longs: Number, defaults: true }) as object,
    responseSerialize: (answer: object) => Buffer.from(answered.encode(answered.fromObject(answer)).finish()),
    responseDeserialize: () => ({}),
  };
}

/** `undefined`: no answer. */
function unary(answer: (request: object, metadata: Metadata) => object | undefined) {
  return (
    call: { readonly request: object; readonly metadata: Metadata },
    done: (error: unknown, answer?: object) => void,
  ): void => {
    try {
      const answered = answer(call.request, call.metadata);
      if (answered !== undefined) done(null, answered);
    } catch (error) {
      done(error);
    }
  };
}

function eventOf(change: Change): object {
  return { type: change.type, kv: keyValueOf(change) };
}

function keyValueOf({ key, value, modRevision }: Stored): object {
  return { key: Buffer.from(key), value: Buffer.from(value), modRevision, createRevision: modRevision };
}

function failure(code: status, details: string): ServiceError {
  return Object.assign(new Error(details), { code, details }) as ServiceError;
}
