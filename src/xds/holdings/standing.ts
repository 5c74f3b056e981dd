/**
 * What a client holds of one type: everything as shown at a sequence number, with exceptions. A standing is immutable and changes only by
 * requests of the client, so streams with the same standing share one object.
 */
import { NO_NAMES } from '../resources/coverage.js';
import { USERS_OF_CLUSTERS } from '../protocol/type-urls.js';
import { type Exception, type Exceptions, NOTHING_HELD, NO_EXCEPTIONS, type Nack } from './exception.js';
import { Unsure, candidates, heldVersion } from './holding.js';

export class Standing {
  /** The client holds what was shown after the change with this sequence number. Below 0: nothing. */
  readonly seq: number;
  readonly exceptions: Exceptions;
  #summary: Summary | undefined;

  constructor(seq: number, exceptions: Exceptions) {
    this.seq = seq;
    this.exceptions = exceptions.size === 0 ? NO_EXCEPTIONS : exceptions;
  }

  /** Derived from the exceptions, once. */
  get summary(): Summary {
    if (this.exceptions.size === 0) return NO_SUMMARY;
    this.#summary ??= summarize(this.exceptions);
    return this.#summary;
  }

  /** Adds these exceptions, or replaces those with the same names. */
  with(exceptions: Iterable<readonly [string, Exception]>): Standing {
    return new Standing(this.seq, new Map([...this.exceptions, ...exceptions]));
  }
}

/** The standing of a client that was sent nothing. */
export const NEWCOMER = new Standing(NOTHING_HELD, NO_EXCEPTIONS);

/** The names of one type that a client needs because of resources of other types that it holds. */
export interface Needed {
  /** The names, as sets that other objects share. */
  readonly parts: readonly ReadonlySet<string>[];
  /** Whether the client may hold a forgotten version, and so may need any name. */
  readonly anything: boolean;
}

export const NOTHING_NEEDED: Needed = { parts: [], anything: false };

export function needs({ parts, anything }: Needed, name: string): boolean {
  return anything || parts.some((names) => names.has(name));
}

/** The union. */
export function allNeeded(needed: readonly Needed[]): Needed {
  const [only = NOTHING_NEEDED, ...others] = needed.filter((one) => one !== NOTHING_NEEDED);
  if (others.length === 0) return only;
  return { parts: needed.flatMap(({ parts }) => parts), anything: needed.some(({ anything }) => anything) };
}

/** Whether both consist of the same set objects. */
export function sameNeeded(one: Needed, other: Needed): boolean {
  if (one === other) return true;
  if (one.anything !== other.anything || one.parts.length !== other.parts.length) return false;
  return one.parts.every((names, index) => names === other.parts[index]);
}

/** What the exceptions of a standing mean for other types. */
export interface Summary {
  /** Names for which the client holds no version, or may hold none. */
  readonly missing: ReadonlySet<string>;
  /** Clusters that the versions under these names may refer to. */
  readonly clusters: Needed;
  /** Load assignments that the clusters under these names may need. */
  readonly endpoints: Needed;
  /** One less than the sequence number of the first due change. Infinity: nothing is due. */
  readonly dueFrom: number;
  /** One less than the sequence number of the first change that the client does not hold. Infinity: none. */
  readonly from: number;
  /** One less than the sequence number of the first waiting removal. Infinity: none. */
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
      // Its references are unknown.
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
