/** The configured paths, and which of them a file is under. Reads nothing. */
import { resolve, sep } from 'node:path';

/** A file or directory that resources are read from. */
export interface ConfigPath {
  readonly path: string;
  /** The cluster of every resource under the path that names none. */
  readonly cluster?: string;
}

export interface ConfigPaths {
  /** In the order that they were given in; each once. */
  readonly all: readonly ConfigPath[];
  /** Those that a file is under. A path may be inside of another. */
  readonly holding: (file: string) => readonly ConfigPath[];
  /** The cluster of a file's resources that name none: that of the innermost path with one. */
  readonly clusterOf: (file: string) => string | undefined;
}

/** @param given a text is a path without a cluster. */
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
