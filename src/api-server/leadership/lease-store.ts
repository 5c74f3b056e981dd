/** Reads and writes one Lease. https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/ */
import { json } from 'node:stream/consumers';
import type { ApiConnection } from '../client/api-connection.js';
import { ApiError, OBJECT_NOT_FOUND } from '../client/api-error.js';

export interface LeaseObject {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec: {
    /** Empty or absent: nobody holds it. */
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export interface LeaseStore {
  /** `undefined`: there is none. @throws ApiError, or an error of the connection */
  read(signal: AbortSignal): Promise<LeaseObject | undefined>;
  /** @throws ApiError 409 if there is one by now */
  create(spec: LeaseObject['spec'], signal: AbortSignal): Promise<void>;
  /** @throws ApiError 409 if it has changed since `before` was read */
  update(before: LeaseObject, spec: LeaseObject['spec'], signal: AbortSignal): Promise<void>;
}

/** The Lease of this name on an API server. */
export function leaseStore(connection: ApiConnection, namespace: string, name: string): LeaseStore {
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  const path = `${leases}/${name}`;
  const object = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
  return {
    read: async (signal) => {
      try {
        const { metadata, spec } = (await json(await connection.get(path, 'application/json', signal))) as Pick<
          LeaseObject,
          'metadata'
        > &
          Partial<LeaseObject>;
        return { metadata, spec: spec ?? {} };
      } catch (error) {
        if (error instanceof ApiError && error.status === OBJECT_NOT_FOUND) return undefined;
        throw error;
      }
    },
    create: async (spec, signal) => {
      const body = { ...object, metadata: { name, namespace }, spec };
      await connection.send({ method: 'POST', path: leases, body }, signal);
    },
    update: async ({ metadata: { resourceVersion } }, spec, signal) => {
      const body = { ...object, metadata: { name, namespace, resourceVersion }, spec };
      await connection.send({ method: 'PUT', path, body }, signal);
    },
  };
}
