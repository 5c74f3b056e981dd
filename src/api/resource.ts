/**
 * The Kubernetes shape that every resource has, whatever its kind, before and after decoding. Knows no kind in particular.
 */

/** The annotation that names the cluster which a resource comes from. */
export const CLUSTER_ANNOTATION = 'cluster.solo.io/cluster';

/** Names one resource. The namespace is empty for cluster-scoped kinds. */
export interface ResourceRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The cluster that it comes from, for the kinds of which every cluster has its own; absent where it does not say. */
  readonly cluster?: string;
}

declare const RESOURCE: unique symbol;

/** The unique key of a resource among all: `Kind/namespace/name`, and `/cluster` where it has one. */
export type ResourceKey = string & { readonly [RESOURCE]: true };

export function resourceKey({ kind, namespace, name, cluster }: ResourceRef): ResourceKey {
  // Joining gives a text in one piece, which is looked up faster and takes less memory than a chain of its parts.
  const parts = cluster === undefined ? [kind, namespace, name] : [kind, namespace, name, cluster];
  return parts.join('/') as ResourceKey;
}

/** The reference that `resourceKey` made this key of. */
export function parseResourceKey(key: string): ResourceRef {
  const [kind = '', namespace = '', name = '', cluster] = key.split('/');
  return { kind, namespace, name, ...(cluster !== undefined && { cluster }) };
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339, from Kubernetes; files have none. */
  readonly creationTimestamp?: string;
}

/** Steps from the document's root to a field: `['spec', 'port', 'number']`, `['spec', 'backingServices', 0]`. */
export type FieldPath = readonly (string | number)[];

/** Where something stands in a file. Lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Finds the position of a field in the text a resource came from. A path that is not there (a missing field) gives the
 * position of its nearest ancestor that is.
 */
export type Locate = (path: FieldPath) => Position;

/** Finds how the scalar at a path is written. */
export type Written = (path: FieldPath) => string | undefined;

/** A document as a source read it: the shape of Kubernetes is checked, nothing of the kind's own fields is. */
export interface RawResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  /** The whole document as plain data, `metadata` and `spec` included. */
  readonly document: Readonly<Record<string, unknown>>;
  /** Starts at 1 and rises when `spec` (or what stands for it in core kinds) changes. */
  readonly generation: number;
  /** Resources that arrived in the same batch share a number; a later batch has a higher one. Orders resources by age. */
  readonly arrival: number;
  readonly locate: Locate;
  /**
   * The number, boolean or null at a path as it is written (`0x10`, `1.10`, `yes`), so that findings can quote it; `undefined`
   * for anything else. Absent where the source does not know.
   */
  readonly written?: Written;
}

/**
 * A resource of a known kind. `spec` is absent when the document could not be decoded; `diagnostics` say why.
 * Frozen plain data without positions, so that moving a document within its file changes nothing.
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

/** What age is told by. */
export type Aged = Pick<Resource<unknown>, 'ref' | 'creationTimestamp' | 'arrival'>;

/** Older first: by creation time, of which files have none and so count as older, then arrival, then namespace and name. */
export function byAge(a: Aged, b: Aged): number {
  return (
    compareText(a.creationTimestamp ?? '', b.creationTimestamp ?? '') ||
    a.arrival - b.arrival ||
    compareText(a.ref.namespace, b.ref.namespace) ||
    compareText(a.ref.name, b.ref.name) ||
    compareText(a.ref.cluster ?? '', b.ref.cluster ?? '')
  );
}

/** Orders by code unit, the same on every machine whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
