/** Objects whose status Lifeboat writes. It must not know how they are found. */

/** An object as it is on the server. */
export interface StatusOnServer {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** `undefined`: objects of the kind are in no namespace. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
  /** JSON of its status; empty: none. As text, which takes less memory. */
  readonly status: string;
}

export type StatusFields = Readonly<Record<string, unknown>>;

/** The path of the objects of a kind. */
export function pathOf({ apiVersion, plural, namespace }: StatusOnServer): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}/${namespace === undefined ? '' : `namespaces/${namespace}/`}${plural}`;
}

/** The status on the server; without fields if there is none. */
export function statusFieldsOf({ status }: Pick<StatusOnServer, 'status'>): StatusFields {
  return status === '' ? {} : (JSON.parse(status) as StatusFields);
}
