/** An object of Kubernetes as the text of a document, so that it is read as a file is. */
import { CLUSTER_ANNOTATION } from '../../api/resource.js';
import type { KubeObject } from './api.js';

/** What the server adds and nobody reads. They are up to half of an object. */
const UNREAD_METADATA = ['managedFields', 'ownerReferences', 'resourceVersion', 'uid', 'selfLink'] as const;
/** The object as it was applied last, once more. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The text of a document with the object. Statuses are results and not read. Objects in lists and metadata-only objects do not say what they
 * are. An object cannot say that it is of another cluster than that of its API server.
 */
export function objectText(object: KubeObject, type: { readonly apiVersion: string; readonly kind: string }): string {
  const { status: _status, metadata, ...rest } = object as KubeObject & { readonly status?: unknown };
  return JSON.stringify({ ...rest, ...type, metadata: readMetadata(metadata) });
}

type Metadata = KubeObject['metadata'] & { readonly annotations?: Readonly<Record<string, string>> };

function readMetadata(metadata: Metadata): object {
  const read: Record<string, unknown> = { ...metadata };
  for (const field of UNREAD_METADATA) Reflect.deleteProperty(read, field);
  if (metadata.annotations === undefined) return read;
  const annotations = Object.entries(metadata.annotations).filter(
    ([name]) => name !== LAST_APPLIED && name !== CLUSTER_ANNOTATION,
  );
  return { ...read, annotations: Object.fromEntries(annotations) };
}
