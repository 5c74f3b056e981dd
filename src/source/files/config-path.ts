/** The configured paths, and which of them contain a file. Reads no files. */
import { resolve, sep } from 'node:path';

/** A file or directory that resources are read from. */
export interface ConfigPath {
  readonly path: string;
  /** The cluster of the resources under the path that do not name one. */
  readonly cluster?: string;
}

export interface ConfigPaths {
  /** In the order given, without duplicates. */
  readonly all: readonly ConfigPath[];
  /** The paths that contain a file. A path may be inside another one. */
  readonly holding: (file: string) => readonly ConfigPath[];
  /** The cluster of a file's resources that do not name one: that of the innermost path with a cluster. */
  readonly clusterOf: (file: string) => string | undefined;
}

/** @param given a string is a path without a cluster. */
export function createConfigPaths(given: readonly (string | ConfigPath)[]): ConfigPaths {
  const paths = given.map((path) => (typeof path === 'string' ? { path } : path));
  const byPlace = new Map(paths.map((path) => [resolve(path.path), path]));
  const places = [...byPlace];
  const holding = (file: string): readonly (readonly [string, ConfigPath])[] => {
    const place = resolve(file);
    return places.filter(([root]) => place === root || place.startsWith(root.endsWith(sep) ? root : root + sep));
  };
  return {
    all: [...byPlace.values()],
    holding: (file) => holding(file).map(([, path]) => path),
    clusterOf: (file) =>
      holding(file)
        .filter(([, { cluster }]) => cluster !== undefined)
        .sort(([a], [b]) => b.length - a.length)[0]?.[1].cluster,
  };
}
