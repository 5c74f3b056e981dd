/** The objects of one kind on an API server, over HTTPS. */
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import type { KubeCollection, KubeObject, ListPage, ListQuery, WatchEvent, WatchQuery } from './api.js';
import type { ApiConnection } from '../../api-server/client/api-connection.js';

export interface CollectionPath {
  /** `/api/v1` or `/apis/discovery.k8s.io/v1`. */
  readonly version: string;
  /** `endpointslices` */
  readonly plural: string;
  /** Only this namespace. Absent: all of them. */
  readonly namespace?: string;
  /** Only names, labels and annotations, which is much less for Pods and Nodes. Default: whole objects. */
  readonly metadataOnly?: boolean;
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const WHOLE = 'application/json';

interface ListAnswer {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  /** Null in an empty list of metadata. */
  readonly items?: readonly KubeObject[] | null;
}

export class HttpsCollection implements KubeCollection {
  readonly #connection: ApiConnection;
  readonly #path: string;
  readonly #metadataOnly: boolean;

  constructor(connection: ApiConnection, { version, plural, namespace, metadataOnly = false }: CollectionPath) {
    this.#connection = connection;
    this.#path = `${version}/${namespace === undefined ? '' : `namespaces/${namespace}/`}${plural}`;
    this.#metadataOnly = metadataOnly;
  }

  async list({ limit, after }: ListQuery, signal: AbortSignal): Promise<ListPage> {
    const query = new URLSearchParams({ limit: String(limit), ...(after !== undefined && { continue: after }) });
    const accept = this.#metadataOnly ? METADATA_LIST : WHOLE;
    const response = await this.#connection.get(`${this.#path}?${query.toString()}`, accept, signal);
    const { metadata, items } = (await json(response)) as ListAnswer;
    const next = metadata.continue;
    return {
      resourceVersion: metadata.resourceVersion ?? '',
      items: items ?? [],
      ...(next !== undefined && next !== '' && { next }),
    };
  }

  async watch(
    { resourceVersion, timeoutSeconds }: WatchQuery,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const query = new URLSearchParams({
      watch: 'true',
      resourceVersion,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(timeoutSeconds),
    });
    const accept = this.#metadataOnly ? METADATA : WHOLE;
    const response = await this.#connection.get(`${this.#path}?${query.toString()}`, accept, signal);
    try {
      for await (const line of createInterface({ input: response, crlfDelay: Infinity }))
        if (line !== '') onEvent(JSON.parse(line) as WatchEvent);
    } finally {
      response.destroy();
    }
    signal.throwIfAborted();
  }
}
