/**
 * Which of the watched kinds an API server serves, and in which version. Custom resources may be installed later, in some groups only.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#discovery-api
 */
import { json } from 'node:stream/consumers';
import type { ApiConnection } from '../../api-server/client/api-connection.js';
import { ApiError, OBJECT_NOT_FOUND } from '../../api-server/client/api-error.js';
import { type WatchedKind, versionPath } from './watched-kinds.js';

interface ResourceList {
  readonly resources?: readonly { readonly name: string }[];
}

/** By kind, the version in which it is served: the preferred one of several. Kinds that are not served are missing. */
export async function servedVersions(
  connection: ApiConnection,
  kinds: readonly WatchedKind[],
  signal: AbortSignal,
): Promise<ReadonlyMap<WatchedKind, string>> {
  const paths = new Set(kinds.flatMap((kind) => kind.versions.map((version) => versionPath(kind, version))));
  const pluralsByPath = new Map<string, ReadonlySet<string>>();
  for (const path of paths) pluralsByPath.set(path, await pluralsAt(connection, path, signal));
  return new Map(
    kinds.flatMap((kind) => {
      const version = kind.versions.find((one) => pluralsByPath.get(versionPath(kind, one))?.has(kind.plural));
      return version === undefined ? [] : [[kind, version] as const];
    }),
  );
}

async function pluralsAt(connection: ApiConnection, path: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  try {
    const { resources = [] } = (await json(await connection.get(path, 'application/json', signal))) as ResourceList;
    return new Set(resources.map(({ name }) => name));
  } catch (error) {
    if (error instanceof ApiError && error.status === OBJECT_NOT_FOUND) return new Set();
    throw error;
  }
}
