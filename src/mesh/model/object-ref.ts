/** Names of objects that are told apart by their kind. */

/** Names an object of discovery or of meshes: what Gloo Mesh calls an ObjectRef. */
export interface ObjectRef {
  readonly name: string;
  readonly namespace: string;
}

/** `name.namespace`. Namespaces have no dots, so no two objects of a kind have the same. */
export function formatObject(ref: ObjectRef): string {
  return `${ref.name}.${ref.namespace}`;
}
