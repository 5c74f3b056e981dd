/**
 * What a client holds of one type: everything as it was at a sequence number, but for exceptions. A standing is immutable
 * and changes only by what the client says, so streams in step share one.
 */
import { NO_NAMES } from '../resources/coverage.js';
import { USERS_OF_CLUSTERS } from '../protocol/type-urls.js';
import { type Exception, type Exceptions, NOTHING_HELD, NO_EXCEPTIONS, type Nack } from './exception.js';
import { Unsure, candidates, heldVersion } from './holding.js';

export class Standing {
  /** The client holds what there was after the change with this sequence number; below 0: nothing. */
  readonly seq: number;
  readonly exceptions: Exceptions;
  #summary: Summary | undefined;

  constructor(seq: number, exceptions: Exceptions) {
    this.seq = seq;
    this.exceptions = exceptions.size === 0 ? NO_EXCEPTIONS : exceptions;
  }

  /** What follows from the exceptions; computed once. */
  get summary(): Summary {
    if (this.exceptions.size === 0) return NO_SUMMARY;
    this.#summary ??= summarize(this.exceptions);
    return this.#summary;
  }

  /** With these exceptions besides, or in the place of those of the same names. */
  with(exceptions: Iterable<readonly [string, Exception]>): Standing {
    return new Standing(this.seq, new Map([...this.exceptions, ...exceptions]));
  }
}

/** The standing of a client that was sent nothing yet. */
export const NEWCOMER = new Standing(NOTHING_HELD, NO_EXCEPTIONS);

/** What a client needs of one type because of what it holds of others. */
export interface Needed {
  /** Names, in sets that others have, too. */
  readonly parts: readonly ReadonlySet<string>[];
  /** Something that it may hold is not remembered: it may need anything. */
  readonly anything: boolean;
}

export const NOTHING_NEEDED: Needed = { parts: [], anything: false };

export function needs({ parts, anything }: Needed, name: string): boolean {
  return anything || parts.some((names) => names.has(name));
}

/** What any of them needs. */
export function allNeeded(needed: readonly Needed[]): Needed {
  const [only = NOTHING_NEEDED, ...others] = needed.filter((one) => one !== NOTHING_NEEDED);
  if (others.length === 0) return only;
  return { parts: needed.flatMap(({ parts }) => parts), anything: needed.some(({ anything }) => anything) };
}

/** Whether they are made of the same sets. */
export function sameNeeded(one: Needed, other: Needed): boolean {
  if (one === other) return true;
  if (one.anything !== other.anything || one.parts.length !== other.parts.length) return false;
  return one.parts.every((names, index) => names === other.parts[index]);
}

/** What the exceptions of a standing mean to other types. */
export interface Summary {
  /** Names under which the client surely holds no version, or may hold none. */
  readonly missing: ReadonlySet<string>;
  /** Clusters that resources under these names may refer to. */
  readonly clusters: Needed;
  /** Load assignments that clusters under these names may need. */
  readonly endpoints: Needed;
  /** Before the first change that is due. Infinity: nothing is due. */
  readonly dueFrom: number;
  /** Before the first change that the client does not hold. Infinity: none. */
  readonly from: number;
  /** Before the first removal that waits. Infinity: none. */
  readonly removalFrom: number;
  /** The last NACK of a version that the client does not hold. */
  readonly nack: Nack | undefined;
}

const NO_SUMMARY: Summary = {
  missing: NO_NAMES,
  clusters: NOTHING_NEEDED,
  endpoints: NOTHING_NEEDED,
  dueFrom: Infinity,
  from: Infinity,
  removalFrom: Infinity,
  nack: undefined,
};

function summarize(exceptions: Exceptions): Summary {
  const missing = new Set<string>();
  const clusters = new Set<string>();
  const endpoints = new Set<string>();
  let [anything, dueFrom, from, removalFrom] = [false, Infinity, Infinity, Infinity];
  let last: Nack | undefined;
  for (const [name, { holding, from: since, due, nack, removal }] of exceptions) {
    if (heldVersion(holding) === undefined) missing.add(name);
    for (const resource of candidates(holding)) {
      for (const cluster of resource.clusters) clusters.add(cluster);
      if (resource.endpoints !== undefined) endpoints.add(resource.endpoints);
      // What it refers to is not known.
      if (resource.clusters.length === 0 && USERS_OF_CLUSTERS.includes(resource.typeUrl)) anything = true;
    }
    if (holding instanceof Unsure && holding.other) anything = true;
    if (due) dueFrom = Math.min(dueFrom, since);
    from = Math.min(from, since);
    removalFrom = Math.min(removalFrom, removal - 1);
    if (nack !== undefined && (last === undefined || nack.at >= last.at)) last = nack;
  }
  const needed = (names: ReadonlySet<string>): Needed =>
    names.size === 0 && !anything ? NOTHING_NEEDED : { parts: [names], anything };
  return {
    missing,
    clusters: needed(clusters),
    endpoints: needed(endpoints),
    dueFrom,
    from,
    removalFrom,
    nack: last,
  };
}
