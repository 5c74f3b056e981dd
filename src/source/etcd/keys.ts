/** Names of keys: the documents under the prefix, and what is kept beside it. */
import type { ResourceRef } from '../../api/resource.js';

/** Where the documents are, unless `--etcd-prefix` says otherwise. */
export const DEFAULT_ETCD_PREFIX = '/lifeboat/';

/** The prefix with the slash at its end: `/lifeboat` and `/lifeboat/` are the same. */
export function etcdPrefix(text: string): string {
  return text.endsWith('/') ? text : `${text}/`;
}

/** `KIND/NAMESPACE/NAME`; without the namespace if it is empty; followed by `/CLUSTER` if every cluster has resources of its own of the kind. */
export function keyOfResource({ kind, namespace, name, cluster }: ResourceRef): string {
  return [kind, namespace, name, cluster].filter((part) => part !== undefined && part !== '').join('/');
}

/** The name of a value in findings: `etcd/lifeboat/FailoverPolicy/shop/cart` for the key `/lifeboat/FailoverPolicy/shop/cart`. */
export function fileOfKey(key: string): string {
  return key.startsWith('/') ? `etcd${key}` : `etcd/${key}`;
}

/** Where statuses are: `/lifeboat-status/` for `/lifeboat/`. It is not under the prefix, so nobody reads statuses as documents. */
export function statusPrefix(prefix: string): string {
  return `${prefix.slice(0, -1)}-status/`;
}

/** The key whose owner writes statuses: `/lifeboat-status-writer`. */
export function writerKey(prefix: string): string {
  return `${prefix.slice(0, -1)}-status-writer`;
}

/** The end of the range of all keys that begin with the prefix: the first key after them. */
export function rangeEnd(prefix: string): Buffer {
  const bytes = Buffer.from(prefix);
  const last = bytes.length - 1;
  // UTF-8 has no byte 255.
  bytes.writeUInt8(bytes.readUInt8(last) + 1, last);
  return bytes;
}
