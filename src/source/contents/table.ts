/**
 * The resources that all files declare: which declaration is in force if several files declare the same resource, what changed
 * since the last batch, and generations. It must not know how or when files are read.
 */
import { type RawResource, type ResourceRef, resourceKey } from '../../api/resource.js';
import { type Declaration, byDeclarationOrder, declarationsOf, duplicateFindings } from './declaration.js';
import { type FileContent, NO_CONTENT } from './last-good-content.js';
import type { FileFinding } from '../yaml/finding.js';
import { createFileFindings } from './file-findings.js';
import type { ReadOptions } from '../documents/document.js';
import { createValuePool } from '../yaml/value-pool.js';
import { type FieldLocator, type Location, createFieldLocator } from './locator.js';
import type { StandingResource } from '../state/stored-file.js';
import { type GenerationOf, type ResourceVersion, firstVersion, nextVersion } from './version.js';

/** A change of the declared resources, applied as a whole. */
export interface ResourceBatch {
  /** Resources that are new or whose content changed. */
  readonly upserts: readonly RawResource[];
  readonly deletes: readonly ResourceRef[];
  /** All current findings, ordered by file and line. */
  readonly findings: readonly FileFinding[];
  /** The findings that are new since the last batch. */
  readonly newFindings: readonly FileFinding[];
  /** The arrival number of the new resources in `upserts`. Absent if arrivals are not counted. */
  readonly arrival?: number;
}

export interface FileTable {
  /** The options for reading a file. */
  optionsOf(file: string): ReadOptions;
  /** The content of a file; empty if the file is not in the table. */
  content(file: string): FileContent;
  files(): readonly string[];
  set(file: string, content: FileContent): void;
  /** Removes a file and its declarations. */
  remove(file: string): void;
  /** Whether the next batch would delete a resource, or keep one only because of an error. */
  wouldLoseResources(): boolean;
  /** The resources in force, as of the last batch. */
  inForce(): Iterable<StandingResource>;
  /** What changed since the last batch; `undefined` if nothing changed. The first batch is never `undefined`. */
  commit(options?: CommitOptions): ResourceBatch | undefined;
}

export interface TableOptions {
  /** The cluster of the resources of a file that do not name one. Default: none. */
  readonly clusterOf?: (file: string) => string | undefined;
  /** The generation of a document. Default: its changes are counted. */
  readonly generationOf?: GenerationOf;
  /** Called with each change of a file's content. */
  readonly onContent?: (file: string, before: FileContent, now: FileContent) => void;
}

export interface CommitOptions {
  /** Whether the resources of a file stay in force although no file declares them any more. Default: they are deleted. */
  readonly keeps?: (file: string) => boolean;
  /** The findings about paths. `held`: by file, the number of resources that stay in force only because of `keeps`. */
  readonly pathFindings?: (held: ReadonlyMap<string, number>) => readonly FileFinding[];
}

interface State {
  readonly contents: Map<string, FileContent>;
  readonly declarations: Map<string, readonly Declaration[]>;
  readonly inForce: Map<string, ResourceVersion>;
  readonly touched: Set<string>;
  /** Resources in force that no file declares any more, with the file that declared them last. */
  readonly held: Map<string, string>;
  readonly locator: FieldLocator;
  readonly generationOf: GenerationOf | undefined;
}

interface Changes {
  readonly upserts: RawResource[];
  readonly deletes: ResourceRef[];
}

/** An empty table. */
export function createFileTable({ clusterOf, generationOf, onContent }: TableOptions = {}): FileTable {
  const [locator, pool] = [createFieldLocator(), createValuePool()];
  const state: State = {
    ...{ contents: new Map(), declarations: new Map(), inForce: new Map(), touched: new Set(), held: new Map() },
    ...{ locator, generationOf },
  };
  const fileFindings = createFileFindings();
  let batches = 0;

  const set = (file: string, content: FileContent): void => {
    const before = state.contents.get(file) ?? NO_CONTENT;
    replaceDeclarations(state, file, before, content);
    onContent?.(file, before, content);
    fileFindings.set(`file ${file}`, content.findings);
  };
  return {
    optionsOf: (file) => ({ pool, cluster: clusterOf?.(file) }),
    content: (file) => state.contents.get(file) ?? NO_CONTENT,
    files: () => [...state.contents.keys()],
    set: (file, content) => {
      set(file, content);
      state.contents.set(file, content);
    },
    remove: (file) => {
      set(file, NO_CONTENT);
      state.contents.delete(file);
    },
    wouldLoseResources: () =>
      [...state.touched].some((key) => state.inForce.has(key) && isLost(state.declarations.get(key) ?? [])),
    inForce: () => standingResources(state.inForce),
    commit: ({ keeps = never, pathFindings } = {}) => {
      const changes: Changes = { upserts: [], deletes: [] };
      for (const key of new Set([...state.touched, ...state.held.keys()])) {
        const declarations = (state.declarations.get(key) ?? []).toSorted(byDeclarationOrder);
        if (declarations.length > 0 || !hold(state, key, keeps))
          settle(state, changes, key, declarations[0], batches + 1);
        fileFindings.set(`duplicates of ${key}`, duplicateFindings(locator, declarations));
      }
      state.touched.clear();
      if (pathFindings !== undefined) fileFindings.set('paths', pathFindings(countByFile(state.held)));
      const findings = fileFindings.commit();
      const nothing = findings === undefined && changes.upserts.length + changes.deletes.length === 0;
      if (nothing && batches > 0) return undefined;
      batches++;
      return { ...changes, findings: fileFindings.findings(), newFindings: findings ?? [], arrival: batches };
    },
  };
}

function* standingResources(inForce: State['inForce']): Generator<StandingResource> {
  for (const { raw, location } of [...inForce.values()]) yield { raw, ...locationOf(location.current) };
}

function locationOf({ file, documentText, within }: Location): Location {
  return { file, documentText, within };
}

function replaceDeclarations(
  { declarations, touched }: State,
  file: string,
  before: FileContent,
  now: FileContent,
): void {
  for (const declaration of declarationsOf(file, before)) {
    const key = resourceKey(declaration.resource.ref);
    const others = (declarations.get(key) ?? []).filter((other) => other.file !== file);
    if (others.length > 0) declarations.set(key, others);
    else declarations.delete(key);
    touched.add(key);
  }
  for (const declaration of declarationsOf(file, now)) {
    const key = resourceKey(declaration.resource.ref);
    const others = declarations.get(key);
    declarations.set(key, others === undefined ? [declaration] : [...others, declaration]);
    touched.add(key);
  }
}

function isLost(declarations: readonly Declaration[]): boolean {
  return declarations.every(({ kept }) => kept);
}

/**
 * Keeps a resource in force that no file declares any more, if `keeps` says so for the file that declared it last, or if that
 * file has an error that may hide the resource.
 */
function hold({ contents, inForce, held }: State, key: string, keeps: (file: string) => boolean): boolean {
  const file = inForce.get(key)?.location.current.file;
  if (file === undefined || (contents.get(file)?.broken !== true && !keeps(file))) return false;
  held.set(key, file);
  return true;
}

function never(): boolean {
  return false;
}

function countByFile(held: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const file of held.values()) counts.set(file, (counts.get(file) ?? 0) + 1);
  return counts;
}

/** Puts a declaration in force, or deletes the resource if there is none. */
function settle(
  { inForce, held, locator, generationOf }: State,
  changes: Changes,
  key: string,
  declaration: Declaration | undefined,
  batch: number,
): void {
  const before = inForce.get(key);
  held.delete(key);
  if (declaration === undefined) {
    if (before === undefined) return;
    inForce.delete(key);
    changes.deletes.push(before.ref);
    return;
  }
  const now =
    before === undefined
      ? firstVersion(declaration, batch, locator, generationOf)
      : nextVersion(before, declaration, generationOf);
  if (now.raw !== before?.raw) changes.upserts.push(now.raw);
  inForce.set(key, now);
}
