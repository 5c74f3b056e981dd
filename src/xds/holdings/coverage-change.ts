/** What a client holds when it covers something else than before. */
import { type Exception, exceptionOf } from './exception.js';
import type { Entry } from '../resources/change-list.js';
import type { Covering } from './covering.js';
import { Unsure, candidates, lastCertain, mayHold } from './holding.js';
import { namedEntries } from './named-resources.js';
import { type Place, holdingOf } from './scene.js';
import { Standing } from './standing.js';

/** With these names due, changed or not. `from`: the sequence number before that which makes them due. */
export function withDue(place: Place, names: ReadonlySet<string>, from: number): Standing {
  return place.standing.with(
    [...names].filter((name) => mayBeTold(place, name)).map((name) => [name, due(place, name, from)]),
  );
}

/** Not what an alias stood for once, and of which the client has nothing. */
function mayBeTold(place: Place, name: string): boolean {
  const { wildcard, names } = place.interest;
  return wildcard || names.has(name) || place.collection.get(name) !== undefined || mayHold(holding(place, name));
}

function due(place: Place, name: string, from: number): Exception {
  const known = place.standing.exceptions.get(name);
  const held = holding(place, name);
  const maybe = new Unsure(candidates(held), held instanceof Unsure && held.other, lastCertain(held));
  const since = known?.due === true ? Math.min(from, known.from) : from;
  return { ...(known ?? exceptionOf(maybe, from)), holding: maybe, from: since, due: true };
}

function holding(place: Place, name: string): ReturnType<typeof holdingOf> {
  return holdingOf(place, name, place.collection.entry(name));
}

/** What is due is told not before what comes after this sequence number. */
export function dueNotAfter(standing: Standing, from: number): Standing {
  if (standing.summary.dueFrom === Infinity) return standing;
  const dues = [...standing.exceptions].filter(([, exception]) => exception.due);
  return standing.with(dues.map(([name, exception]) => [name, { ...exception, from: Math.min(exception.from, from) }]));
}

/**
 * With aliases, an interest may cover a version of long ago that an earlier interest did not: the client was never told of
 * that, which is written down. Also when a response that was made for the earlier interest is answered. `added`: the names that
 * the interest has and the earlier one had not, if that is known.
 */
export function withUntold(place: Place, before: Covering, added?: readonly string[]): Standing {
  const { collection, standing } = place;
  if (standing.seq < 0 || collection.aliases.empty) return standing;
  const untold: [string, Exception][] = [];
  for (const entry of added === undefined ? collection.entries() : concerned(place, added)) {
    if (standing.exceptions.has(entry.name) || holdingOf(place, entry.name, entry) === undefined) continue;
    if (holdingOf({ ...place, interest: before }, entry.name, entry) === undefined)
      untold.push([entry.name, exceptionOf(undefined, standing.seq, true)]);
  }
  return untold.length === 0 ? standing : standing.with(untold);
}

/** What the client holds under these names: by the aliases of now, or by those that a version before had. */
function* concerned({ collection, view, standing }: Place, names: readonly string[]): Generator<Entry, void> {
  yield* namedEntries(collection, new Set(names));
  yield* collection.since(standing.seq);
  for (const name of view.overlay(collection.typeUrl).keys()) {
    const entry = collection.entry(name);
    if (entry !== undefined) yield entry;
  }
}

/** What the client has left it lets go of by itself, unless what it holds has an alias that it still names. */
export function withoutLeft({ standing, interest }: Place): Standing {
  const kept = [...standing.exceptions].filter(([name, { holding: held }]) => {
    if (interest.covers(name) || (held instanceof Unsure && held.other)) return true;
    return candidates(held).some((resource) => interest.coversVersion(resource));
  });
  return kept.length === standing.exceptions.size ? standing : new Standing(standing.seq, new Map(kept));
}
