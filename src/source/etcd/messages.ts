/** The messages and methods of etcd's API v3 that are used, compiled from `proto/etcd/`. Knows no connection. */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

export interface ResponseHeader {
  /** The revision of the store when the answer was made. */
  readonly revision: number;
}

export interface KeyValue {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly createRevision: number;
  readonly modRevision: number;
}

export interface RangeRequest {
  readonly key: Buffer;
  readonly rangeEnd?: Buffer;
  readonly limit?: number;
  readonly revision?: number;
}

export interface RangeResponse {
  readonly header: ResponseHeader;
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
}

export interface PutRequest {
  readonly key: Buffer;
  readonly value: Buffer;
  /** The id of a lease: the key is deleted with it. */
  readonly lease?: number;
}

export interface DeleteRangeRequest {
  readonly key: Buffer;
}

export type RequestOp =
  | { readonly requestPut: PutRequest }
  | { readonly requestDeleteRange: DeleteRangeRequest }
  | { readonly requestRange: RangeRequest };

/** The key has this revision of its creation. 0: it does not exist. */
export interface Compare {
  readonly target: 'CREATE';
  readonly key: Buffer;
  readonly createRevision: number;
}

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: ResponseHeader;
  readonly succeeded: boolean;
}

export type WatchRequest =
  | {
      readonly createRequest: { readonly key: Buffer; readonly rangeEnd: Buffer; readonly startRevision: number };
    }
  | { readonly progressRequest: object };

export interface EtcdEvent {
  readonly type: 'PUT' | 'DELETE';
  readonly kv: KeyValue;
}

export interface WatchResponse {
  readonly header: ResponseHeader;
  readonly created: boolean;
  readonly canceled: boolean;
  /** Not 0: what was asked for is gone, because etcd has compacted up to this revision. */
  readonly compactRevision: number;
  readonly cancelReason: string;
  readonly events: readonly EtcdEvent[];
}

/** A method with the codec of its messages. */
export interface EtcdMethod<Request extends object, Response> {
  readonly path: string;
  readonly encode: (request: Request) => Buffer;
  /** All fields are there, with their defaults. Numbers are exact below 2^53. */
  readonly decode: (bytes: Buffer) => Response;
}

const root = protobuf.Root.fromJSON(
  JSON.parse(readFileSync(new URL('../../../generated/etcd.json', import.meta.url), 'utf8')) as protobuf.INamespace,
);

const SHAPE: protobuf.IConversionOptions = { longs: Number, enums: String, defaults: true };

function method<Request extends object, Response>(service: string, name: string): EtcdMethod<Request, Response> {
  const found = root.lookupService(`etcdserverpb.${service}`).methods[name];
  found?.resolve();
  const [request, response] = [found?.resolvedRequestType, found?.resolvedResponseType];
  if (!request || !response) throw new Error(`${service}.${name} is not compiled`);
  return {
    path: `/etcdserverpb.${service}/${name}`,
    encode: (message) => Buffer.from(request.encode(request.fromObject({ ...message })).finish()),
    decode: (bytes) => response.toObject(response.decode(bytes), SHAPE) as Response,
  };
}

/** https://etcd.io/docs/v3.5/dev-guide/api_reference_v3/ */
export const METHODS = {
  range: method<RangeRequest, RangeResponse>('KV', 'Range'),
  txn: method<TxnRequest, TxnResponse>('KV', 'Txn'),
  watch: method<WatchRequest, WatchResponse>('Watch', 'Watch'),
  leaseGrant: method<{ readonly TTL: number; readonly ID: number }, { readonly ID: number; readonly TTL: number }>(
    'Lease',
    'LeaseGrant',
  ),
  leaseRevoke: method<{ readonly ID: number }, object>('Lease', 'LeaseRevoke'),
  leaseKeepAlive: method<{ readonly ID: number }, { readonly ID: number; readonly TTL: number }>(
    'Lease',
    'LeaseKeepAlive',
  ),
  authenticate: method<{ readonly name: string; readonly password: string }, { readonly token: string }>(
    'Auth',
    'Authenticate',
  ),
} as const;
