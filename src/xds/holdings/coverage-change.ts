/** What a client holds when it covers something else than before. */
import { type Exception, exceptionOf } from './exception.js';
import type { Entry } from '../resources/change-list.js';
import type { Covering } from './covering.js';
import { Unsure, candidates, lastCertain, mayHold } from './holding.js';
import { namedEntries } from './named-resources.js';
import { type SubscriptionState, holdingOf } from './subscription-state.js';
import { Standing } from './standing.js';

/** With these names due, changed or not. `from`: the sequence number before that which makes them due. */
export function withDue(state: SubscriptionState, names: ReadonlySet<string>, from: number): Standing {
  return state.standing.with(
    [...names].filter((name) => mayBeSent(state, name)).map((name) => [name, due(state, name, from)]),
  );
}

/** Not what an alias stood for once, and of which the client has nothing. */
function mayBeSent(state: SubscriptionState, name: string): boolean {
  const { wildcard, names } = state.interest;
  return wildcard || names.has(name) || state.collection.get(name) !== undefined || mayHold(holding(state, name));
}

function due(state: SubscriptionState, name: string, from: number): Exception {
  const known = state.standing.exceptions.get(name);
  const held = holding(state, name);
  const maybe = new Unsure(candidates(held), held instanceof Unsure && held.other, lastCertain(held));
  const since = known?.due === true ? Math.min(from, known.from) : from;
  return { ...(known ?? exceptionOf(maybe, from)), holding: maybe, from: since, due: true };
}

function holding(state: SubscriptionState, name: string): ReturnType<typeof holdingOf> {
  return holdingOf(state, name, state.collection.entry(name));
}

/** What is due is sent no earlier than the changes after this sequence number. */
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
export function withUnsent(state: SubscriptionState, before: Covering, added?: readonly string[]): Standing {
  const { collection, standing } = state;
  if (standing.seq < 0 || collection.aliases.empty) return standing;
  const unsent: [string, Exception][] = [];
  for (const entry of added === undefined ? collection.entries() : concerned(state, added)) {
    if (standing.exceptions.has(entry.name) || holdingOf(state, entry.name, entry) === undefined) continue;
    if (holdingOf({ ...state, interest: before }, entry.name, entry) === undefined)
      unsent.push([entry.name, exceptionOf(undefined, standing.seq, true)]);
  }
  return unsent.length === 0 ? standing : standing.with(unsent);
}

/** What the client holds under these names: by the aliases of now, or by those that a version before had. */
function* concerned(
  { collection, view, standing }: SubscriptionState,
  names: readonly string[],
): Generator<Entry, void> {
  yield* namedEntries(collection, new Set(names));
  yield* collection.since(standing.seq);
  for (const name of view.overlay(collection.typeUrl).keys()) {
    const entry = collection.entry(name);
    if (entry !== undefined) yield entry;
  }
}

/** A client drops what it unsubscribes from, unless it still subscribes to an alias of it. */
export function withoutUnsubscribed({ standing, interest }: SubscriptionState): Standing {
  const kept = [...standing.exceptions].filter(([name, { holding: held }]) => {
    if (interest.covers(name) || (held instanceof Unsure && held.other)) return true;
    return candidates(held).some((resource) => interest.coversVersion(resource));
  });
  return kept.length === standing.exceptions.size ? standing : new Standing(standing.seq, new Map(kept));
}
