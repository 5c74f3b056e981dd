/** What a reflector needs of an API server. https://kubernetes.io/docs/reference/using-api/api-concepts/ */

/** An object as the API server sends it. */
export interface KubeObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly uid?: string;
  };
}

export interface ListQuery {
  /** Maximum number of objects in the answer. */
  readonly limit: number;
  /** Where the page before ended. Absent: from the beginning. */
  readonly after?: string;
}

/** A part of a list. All parts are of one moment. */
export interface ListPage {
  readonly resourceVersion: string;
  readonly items: readonly KubeObject[];
  /** Where the next page begins. Absent: this is the last one. */
  readonly next?: string;
}

export interface WatchQuery {
  /** Changes after this version are sent. */
  readonly resourceVersion: string;
  /** The server ends the watch after this time. */
  readonly timeoutSeconds: number;
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly object: { readonly metadata: { readonly resourceVersion?: string } } }
  | { readonly type: 'ERROR'; readonly object: { readonly code?: number; readonly message?: string } };

/** The objects of one kind on one API server. */
export interface KubeCollection {
  /** @throws `ApiError` for an answer other than 200, or an error of the connection */
  list(query: ListQuery, signal: AbortSignal): Promise<ListPage>;
  /** Resolves when the server ends the watch. @throws like `list` */
  watch(query: WatchQuery, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<void>;
}
