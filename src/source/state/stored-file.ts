/**
 * What is kept on disk of a file: the documents of its resources that are in force, with their positions, so that a later start is as
 * if the file had had them. It must not know how that is written.
 */
import { CLUSTER_ANNOTATION, type FieldPath, type RawResource } from '../../api/resource.js';
import type { DocumentText } from '../documents/document-texts.js';

export interface StoredFile {
  readonly file: string;
  readonly documents: readonly DocumentText[];
}

/** A resource in force, and where it is. */
export interface StandingResource {
  readonly raw: RawResource;
  readonly file: string;
  readonly documentText: DocumentText;
  readonly within: FieldPath;
}

/** The files of the resources in force. Each step is one resource. */
export function* toStoredFiles(resources: Iterable<StandingResource>): Generator<void, readonly StoredFile[]> {
  const files = new Map<string, DocumentText[]>();
  for (const resource of resources) {
    const documents = files.get(resource.file);
    if (documents === undefined) files.set(resource.file, [storedDocument(resource)]);
    else documents.push(storedDocument(resource));
    yield;
  }
  return [...files].map(([file, documents]) => ({ file, documents }));
}

/**
 * The text of a document that has no more than the resource. A list may have others beside it that must not be stored, such as
 * Secrets; a Pod may have secrets in its environment. Of these, only what is read is stored, at the line of the document.
 */
function storedDocument({ raw, documentText, within }: StandingResource): DocumentText {
  if (raw.kind === 'Pod') return { line: documentText.line, text: JSON.stringify(readOfPod(raw)) };
  const isWhole = within.length === 0 || (documentText.item === true && within.length === 1);
  return isWhole ? documentText : { line: documentText.line, text: JSON.stringify(raw.document) };
}

function readOfPod({ apiVersion, kind, metadata, document }: StandingResource['raw']): object {
  const { name, namespace, labels, annotations } = metadata;
  const cluster = annotations[CLUSTER_ANNOTATION];
  const { nodeName } = (document['spec'] ?? {}) as { readonly nodeName?: unknown };
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      labels,
      ...(cluster !== undefined && { annotations: { [CLUSTER_ANNOTATION]: cluster } }),
    },
    ...(typeof nodeName === 'string' && { spec: { nodeName } }),
  };
}
