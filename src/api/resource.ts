/** The Kubernetes structure of resources of all kinds, before and after decoding. Independent of specific kinds. */

/** The annotation that names the cluster of a resource. */
export const CLUSTER_ANNOTATION = 'cluster.solo.io/cluster';

/** Identifies a resource. The namespace is empty for cluster-scoped kinds. */
export interface ResourceRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The cluster of the resource, for kinds of which every cluster has its own resources. Absent if the resource does not name one. */
  readonly cluster?: string;
}

declare const RESOURCE: unique symbol;

/** The unique key of a resource: `Kind/namespace/name`, followed by `/cluster` if the reference has one. */
export type ResourceKey = string & { readonly [RESOURCE]: true };

export function resourceKey({ kind, namespace, name, cluster }: ResourceRef): ResourceKey {
  // `join` creates a flat string. It is faster to look up and takes less memory than a concatenation of the parts.
  const parts = cluster === undefined ? [kind, namespace, name] : [kind, namespace, name, cluster];
  return parts.join('/') as ResourceKey;
}

/** The inverse of `resourceKey`. */
export function parseResourceKey(key: string): ResourceRef {
  const [kind = '', namespace = '', name = '', cluster] = key.split('/');
  return { kind, namespace, name, ...(cluster !== undefined && { cluster }) };
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** In RFC 3339 format. Kubernetes sets it, so files usually have none. */
  readonly creationTimestamp?: string;
}

/** The steps from the root of the document to a field: `['spec', 'port', 'number']`, `['spec', 'backingServices', 0]`. */
export type FieldPath = readonly (string | number)[];

/** A position in a file. Lines and columns are counted from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Finds the position of a field in the text of the resource. For a missing field, it is the position of the nearest existing ancestor. */
export type Locate = (path: FieldPath) => Position;

/** Finds how the scalar at a path is written in the file. */
export type Written = (path: FieldPath) => string | undefined;

/** A document as it was read from a source. Its Kubernetes structure is checked. The fields that are specific to its kind are not. */
export interface RawResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  /** The whole document as plain data, including `metadata` and `spec`. */
  readonly document: Readonly<Record<string, unknown>>;
  /** Starts at 1 and increases when `spec`, or its equivalent in core kinds, changes. */
  readonly generation: number;
  /** The name of the file that contains it now, which is cheaper than `locate`. */
  readonly file?: () => string;
  /** The number of the batch in which the resource arrived. Later batches have higher numbers. Determines the age of resources. */
  readonly arrival: number;
  readonly locate: Locate;
  /**
   * Finds the number, boolean or null at a path as it is written (`0x10`, `1.10`, `yes`), so that findings can quote it. `undefined` for
   * other values. Absent if the source does not provide it.
   */
  readonly written?: Written;
}

/**
 * A resource of a supported kind. `spec` is absent if the document could not be decoded. The findings say why.
 * Frozen plain data without positions, so moving a document within its file changes nothing.
 */
export interface Resource<Spec> {
  readonly ref: ResourceRef;
  readonly apiVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly generation: number;
  readonly arrival: number;
  readonly spec?: Spec;
}

/** The properties that determine the age of a resource. */
export type Aged = Pick<Resource<unknown>, 'ref' | 'creationTimestamp' | 'arrival'>;

/**
 * Orders by age, oldest first: by creation timestamp, arrival, namespace, name and cluster. Resources without a creation timestamp, such as
 * those from files, are older than those with one.
 */
export function byAge(a: Aged, b: Aged): number {
  return (
    compareText(a.creationTimestamp ?? '', b.creationTimestamp ?? '') ||
    a.arrival - b.arrival ||
    compareText(a.ref.namespace, b.ref.namespace) ||
    compareText(a.ref.name, b.ref.name) ||
    compareText(a.ref.cluster ?? '', b.ref.cluster ?? '')
  );
}

/** Orders by code unit, so that the order does not depend on the locale of the machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
