/** References to objects by name and namespace. */

/** Gloo Mesh's ObjectRef: a Destination or a Mesh. */
export interface ObjectRef {
  readonly name: string;
  readonly namespace: string;
}

/** `name.namespace`. Unique for each kind, because namespaces contain no dots. */
export function formatObject(ref: ObjectRef): string {
  return `${ref.name}.${ref.namespace}`;
}
