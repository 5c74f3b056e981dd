/** How each configured path fares, as data for probes, metrics and findings. Reads nothing. */
import type { ConfigPath } from './config-path.js';
import { fileProblem } from './files/read.js';
import type { RootStanding } from './files/walk.js';
import type { FileFinding } from './yaml/finding.js';

export interface PathState {
  /** As it was given. */
  readonly path: string;
  /** How many resources its files show. */
  readonly resources: number;
  /** Resources that stay in force although the path does not show them any more. */
  readonly held: number;
  /** When these will be removed, in milliseconds of the epoch. */
  readonly heldUntil?: number;
  /** A sentence: why the path has nothing, or cannot be read. Absent while all is well. */
  readonly problem?: string;
  /** How often the path was lost, or could not be read, after it could. */
  readonly errors: number;
  /** When it was last found to hold something and to be readable, in milliseconds of the epoch. */
  readonly lastSuccess?: number;
}

/** What was found at a path. */
export interface PathLook {
  readonly path: ConfigPath['path'];
  readonly standing: RootStanding;
  readonly resources: number;
  readonly held: number;
  readonly heldUntil?: number;
}

/** Whether a path holds nothing and ought to. What is read by way of another path is not missed. */
export function isVacant({ standing, resources }: Pick<PathLook, 'standing' | 'resources'>): boolean {
  return resources === 0 && standing !== 'covered';
}

/** Why a path has nothing, or cannot be read: a sentence. */
export function pathProblem(look: PathLook): string | undefined {
  const { path, standing } = look;
  if (standing === 'unreadable') return `${path} cannot be read.`;
  if (!isVacant(look)) return undefined;
  const more = look.held === 0 ? '' : ' any more';
  const sentence = standing === 'missing' ? `${path} does not exist${more}` : `${path} holds no resources${more}`;
  return `${sentence}.${look.held === 0 ? emptyHint(look) : heldHint(look)}`;
}

/** The findings about a path as a whole. One that merely holds nothing is told only where no file of it tells why. */
export function pathFinding(look: PathLook, isExplained: boolean): FileFinding | undefined {
  const { path, standing, held } = look;
  const message = standing === 'unreadable' ? undefined : pathProblem(look);
  if (message === undefined) return undefined;
  if (standing === 'missing') return { file: path, ...fileProblem('PathNotFound', message) };
  if (held > 0 || !isExplained) return { file: path, ...fileProblem('EmptyPath', message, 'warning') };
  return undefined;
}

function emptyHint({ path, standing }: PathLook): string {
  return standing === 'missing' ? missingHint(path) : ' Files named *.yaml, *.yml and *.json are read.';
}

/** What to say of what is kept. */
export function heldHint({ held, heldUntil = 0 }: Pick<PathLook, 'held' | 'heldUntil'>): string {
  const resources = held === 1 ? 'The resource that it had stays' : `The ${held} resources that it had stay`;
  return ` ${resources} in force until ${new Date(heldUntil).toISOString().replace(/\.\d+Z$/u, 'Z')}.`;
}

/** What a path that does not exist was probably meant to be, with a leading blank; or nothing. */
export function missingHint(path: string): string {
  // Shells expand these before a program sees them; where none did, nobody will.
  if (/^~[^/]*(?:\/|$)/u.test(path)) return ' "~" is the home directory to a shell only; write the path out.';
  return /[*?[\]{}]/u.test(path) ? ' Patterns are not expanded; give the directory.' : '';
}
