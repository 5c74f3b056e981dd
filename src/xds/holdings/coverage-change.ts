/** The standing of a client after its coverage changed. */
import { type Exception, exceptionOf } from './exception.js';
import type { Entry } from '../resources/change-list.js';
import type { Covering } from './covering.js';
import { Unsure, candidates, lastCertain, mayHold } from './holding.js';
import { namedEntries } from './named-resources.js';
import { type SubscriptionState, holdingOf } from './subscription-state.js';
import { Standing } from './standing.js';

/**
 * Makes these names due, changed or not. `from`: one less than the sequence number that makes them due. `before`: what the client subscribed to
 * until now. It was sent nothing else, so a name that it adds is not taken for held, and its removal is answered at once.
 */
export function withDue(
  state: SubscriptionState,
  names: ReadonlySet<string>,
  from: number,
  before: Covering,
): Standing {
  const earlier = { ...state, interest: before };
  return state.standing.with(
    [...names].filter((name) => mayBeSent(state, name)).map((name) => [name, due(earlier, name, from)]),
  );
}

/** False for a name that was an alias once, if the client holds nothing of it. */
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

/** Due names are sent no earlier than the changes after this sequence number. */
export function dueNotAfter(standing: Standing, from: number): Standing {
  if (standing.summary.dueFrom === Infinity) return standing;
  const dues = [...standing.exceptions].filter(([, exception]) => exception.due);
  return standing.with(dues.map(([name, exception]) => [name, { ...exception, from: Math.min(exception.from, from) }]));
}

/**
 * With aliases, an interest may cover an old version that the earlier interest did not cover, and so was never sent. Such names become
 * exceptions. Also used when a response for the earlier interest is answered. `added`: the names of the interest that the earlier one lacked,
 * if known.
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

/** What the client holds under these names, by the current aliases or by those of earlier versions. */
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

/** A client drops resources that it unsubscribes from, unless it still subscribes to an alias of them. */
export function withoutUnsubscribed({ standing, interest }: SubscriptionState): Standing {
  const kept = [...standing.exceptions].filter(([name, { holding: held }]) => {
    if (interest.covers(name) || (held instanceof Unsure && held.other)) return true;
    return candidates(held).some((resource) => interest.coversVersion(resource));
  });
  return kept.length === standing.exceptions.size ? standing : new Standing(standing.seq, new Map(kept));
}
