/**
 * What all files together declare: which of several files that hold the same resource is in force, what changed since the last
 * batch, and the resources' generations. Knows neither how files are read nor when.
 */
import { type RawResource, type ResourceRef, resourceKey } from '../api/resource.js';
import { type Claim, byPrecedence, claimsOf, duplicateFindings } from './claim.js';
import { type FileContent, NO_CONTENT } from './content.js';
import type { FileFinding } from './yaml/finding.js';
import { createFindingLedger } from './finding-ledger.js';
import type { ReadOptions } from './yaml/document.js';
import { createInterner } from './yaml/interner.js';
import { type Locator, createLocator } from './locator.js';
import { type InForce, firstVersion, nextVersion } from './version.js';

/** A change of what the files declare, to be applied as one. */
export interface Batch {
  /** Resources that are new or have other content than before. */
  readonly upserts: readonly RawResource[];
  readonly deletes: readonly ResourceRef[];
  /** Every finding that stands now, ordered by file and line. */
  readonly findings: readonly FileFinding[];
  /** Those of them that did not stand after the last batch. */
  readonly newFindings: readonly FileFinding[];
  /** The arrival of those of the upserts that are new. Absent where nobody counts. */
  readonly arrival?: number;
}

export interface FileTable {
  /** How a file is to be read. */
  optionsOf(file: string): ReadOptions;
  /** What a file holds; nothing for a file that is not in the table. */
  content(file: string): FileContent;
  files(): readonly string[];
  set(file: string, content: FileContent): void;
  /** Takes a file out with all that it declares. */
  remove(file: string): void;
  /** Whether the next batch would take a resource away, or leave one in force only because of a mistake. */
  losing(): boolean;
  /** What changed since the last batch; `undefined` if nothing did. The first batch is never `undefined`. */
  commit(options?: CommitOptions): Batch | undefined;
}

export interface TableOptions {
  /** The cluster of a file's resources that name none. Default: they have none. */
  readonly clusterOf?: (file: string) => string | undefined;
  /** Gets every change of a file's content. */
  readonly onContent?: (file: string, before: FileContent, now: FileContent) => void;
}

export interface CommitOptions {
  /** Whether resources that a file had must stay in force although nothing shows them any more. Default: they go. */
  readonly keeps?: (file: string) => boolean;
  /** The findings about paths, which belong to no file's content, from the number of resources that each file keeps. */
  readonly pathFindings?: (held: ReadonlyMap<string, number>) => readonly FileFinding[];
}

interface State {
  readonly contents: Map<string, FileContent>;
  readonly claims: Map<string, readonly Claim[]>;
  readonly inForce: Map<string, InForce>;
  readonly touched: Set<string>;
  /** Resources in force that nothing shows any more, with the files that showed them last. */
  readonly held: Map<string, string>;
  readonly locator: Locator;
}

interface Changes {
  readonly upserts: RawResource[];
  readonly deletes: ResourceRef[];
}

/** An empty table. */
export function createFileTable({ clusterOf, onContent }: TableOptions = {}): FileTable {
  const [locator, intern] = [createLocator(), createInterner()];
  const state: State = {
    ...{ contents: new Map(), claims: new Map(), inForce: new Map(), touched: new Set(), held: new Map() },
    locator,
  };
  const ledger = createFindingLedger();
  let batches = 0;

  const set = (file: string, content: FileContent): void => {
    const before = state.contents.get(file) ?? NO_CONTENT;
    replaceClaims(state, file, before, content);
    onContent?.(file, before, content);
    ledger.set(`file ${file}`, content.findings);
  };
  return {
    optionsOf: (file) => ({ intern, cluster: clusterOf?.(file) }),
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
    losing: () => [...state.touched].some((key) => state.inForce.has(key) && isLost(state.claims.get(key) ?? [])),
    commit: ({ keeps = never, pathFindings } = {}) => {
      const changes: Changes = { upserts: [], deletes: [] };
      for (const key of new Set([...state.touched, ...state.held.keys()])) {
        const claims = (state.claims.get(key) ?? []).toSorted(byPrecedence);
        if (claims.length > 0 || !hold(state, key, keeps)) settle(state, changes, key, claims[0], batches + 1);
        ledger.set(`duplicates of ${key}`, duplicateFindings(locator, claims));
      }
      state.touched.clear();
      if (pathFindings !== undefined) ledger.set('paths', pathFindings(countByFile(state.held)));
      const findings = ledger.commit();
      const nothing = findings === undefined && changes.upserts.length + changes.deletes.length === 0;
      if (nothing && batches > 0) return undefined;
      batches++;
      return { ...changes, findings: ledger.findings(), newFindings: findings ?? [], arrival: batches };
    },
  };
}

function replaceClaims({ claims, touched }: State, file: string, before: FileContent, now: FileContent): void {
  for (const claim of claimsOf(file, before)) {
    const key = resourceKey(claim.resource.ref);
    const others = (claims.get(key) ?? []).filter((other) => other.file !== file);
    if (others.length > 0) claims.set(key, others);
    else claims.delete(key);
    touched.add(key);
  }
  for (const claim of claimsOf(file, now)) {
    const key = resourceKey(claim.resource.ref);
    const others = claims.get(key);
    claims.set(key, others === undefined ? [claim] : [...others, claim]);
    touched.add(key);
  }
}

function isLost(claims: readonly Claim[]): boolean {
  return claims.every(({ kept }) => kept);
}

/**
 * Leaves a resource in force that nothing shows any more, if the file that showed it last keeps what it had, or came back with a
 * mistake that may hide it.
 */
function hold({ contents, inForce, held }: State, key: string, keeps: (file: string) => boolean): boolean {
  const file = inForce.get(key)?.standing.current.file;
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

/** Puts the first of the claims in force. */
function settle(
  { inForce, held, locator }: State,
  changes: Changes,
  key: string,
  claim: Claim | undefined,
  batch: number,
): void {
  const before = inForce.get(key);
  held.delete(key);
  if (claim === undefined) {
    if (before === undefined) return;
    inForce.delete(key);
    changes.deletes.push(before.ref);
    return;
  }
  const now = before === undefined ? firstVersion(claim, batch, locator) : nextVersion(before, claim);
  if (now.raw !== before?.raw) changes.upserts.push(now.raw);
  inForce.set(key, now);
}
