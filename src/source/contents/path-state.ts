/** The state of each configured path, for probes, metrics and findings. Reads no files. */
import type { ConfigPath } from '../files/config-path.js';
import { fileFinding } from '../files/read.js';
import type { RootState } from '../files/walk.js';
import type { FileFinding } from '../yaml/finding.js';

export interface PathState {
  /** As given by the user. */
  readonly path: string;
  /** Number of resources in its files. */
  readonly resources: number;
  /** Number of resources that stay in force although no file under the path declares them any more. */
  readonly held: number;
  /** When they are deleted, in milliseconds since the epoch. */
  readonly heldUntil?: number;
  /** A sentence: why the path has no resources or cannot be read. Absent if there is no problem. */
  readonly problem?: string;
  /** A sentence: what to do about it while no Envoy is served. Default: as for files. */
  readonly advice?: string;
  /** How often the path became empty or unreadable. */
  readonly errors: number;
  /** When it last had resources and was readable, in milliseconds since the epoch. */
  readonly lastSuccess?: number;
}

/** What a scan found at a path. */
export interface PathScan {
  readonly path: ConfigPath['path'];
  readonly rootState: RootState;
  readonly resources: number;
  readonly held: number;
  readonly heldUntil?: number;
}

/** Whether a path has no resources. A path whose files are read through another path is not vacant. */
export function isVacant({ rootState, resources }: Pick<PathScan, 'rootState' | 'resources'>): boolean {
  return resources === 0 && rootState !== 'covered';
}

/** A sentence: why a path has no resources or cannot be read. */
export function pathProblem(scan: PathScan): string | undefined {
  const { path, rootState } = scan;
  if (rootState === 'unreadable') return `${path} cannot be read.`;
  if (rootState === 'crowded') return `${path} has too many files. Those that are new are not read.`;
  if (!isVacant(scan)) return undefined;
  const [missing, empty] =
    scan.held === 0
      ? ['does not exist', 'contains no resources']
      : ['no longer exists', 'no longer contains resources'];
  return `${path} ${rootState === 'missing' ? missing : empty}.${scan.held === 0 ? emptyHint(scan) : heldHint(scan)}`;
}

/** The finding about a path as a whole. `isExplained`: findings about its files already say why it has no resources. */
export function pathFinding(scan: PathScan, isExplained: boolean): FileFinding | undefined {
  const { path, rootState, held } = scan;
  const message = rootState === 'unreadable' || rootState === 'crowded' ? undefined : pathProblem(scan);
  if (message === undefined) return undefined;
  if (rootState === 'missing') return { file: path, ...fileFinding('PathNotFound', message) };
  if (held > 0 || !isExplained) return { file: path, ...fileFinding('EmptyPath', message, 'warning') };
  return undefined;
}

function emptyHint({ path, rootState }: PathScan): string {
  return rootState === 'missing' ? missingHint(path) : ' Files named *.yaml, *.yml and *.json are read.';
}

/** A sentence about the resources that are kept, with a leading space. */
export function heldHint({ held, heldUntil = 0 }: Pick<PathScan, 'held' | 'heldUntil'>): string {
  const resources = held === 1 ? 'Its last resource stays' : `Its last ${held} resources stay`;
  return ` ${resources} in force until ${new Date(heldUntil).toISOString().replace(/\.\d+Z$/u, 'Z')}.`;
}

/** A hint at the likely mistake in a path that does not exist, with a leading space; empty if there is none. */
export function missingHint(path: string): string {
  // Shells expand these before the program starts; nothing expands them later.
  if (/^~[^/]*(?:\/|$)/u.test(path)) return ' Only a shell expands "~". Use the full path.';
  return /[*?[\]{}]/u.test(path) ? ' Patterns are not supported. Use the directory.' : '';
}
