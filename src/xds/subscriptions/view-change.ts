/** The standing of a client whose node gets another view: it holds the same resources, but compared with what the other view shows. */
import { isSameResource } from '../resources/resource.js';
import type { EffectiveView } from '../holdings/effective-view.js';
import { type Exception, NOTHING_HELD, exceptionOf } from '../holdings/exception.js';
import { Unsure, eitherOf, mayHold } from '../holdings/holding.js';
import { type InFlight, updatesIn } from '../batches/in-flight.js';
import { type SubscriptionState, holdingOf } from '../holdings/subscription-state.js';
import { NEWCOMER, Standing } from '../holdings/standing.js';

export type Holdings = ReadonlyMap<string, Exception>;

/** What the client holds, and may hold after the response in flight. */
export function holdingsOf(state: SubscriptionState, inFlight: InFlight | undefined): Holdings {
  const { collection, standing } = state;
  const holdings = new Map<string, Exception>();
  for (const entry of standing.seq < 0 ? [] : collection.entries()) {
    const holding = holdingOf(state, entry.name, entry);
    if (mayHold(holding)) holdings.set(entry.name, exceptionOf(holding, standing.seq));
  }
  for (const [name, exception] of standing.exceptions) holdings.set(name, exception);
  for (const [name, { resource, before }] of inFlight === undefined ? [] : updatesIn(inFlight))
    holdings.set(name, { ...before, holding: eitherOf(before.holding, resource) });
  return holdings;
}

/** The standing of a client with these resources in another view. The order of types applies to all differences. */
export function standingIn({ collection, view, interest }: SubscriptionState, holdings: Holdings): Standing {
  const exceptions = new Map<string, Exception>();
  for (const entry of collection.entries()) {
    const shown = interest.covers(entry.name) ? view.shown(collection, entry) : undefined;
    const known = holdings.get(entry.name);
    if (known === undefined ? shown !== undefined : known.due || !isSettled(known, shown))
      exceptions.set(entry.name, { ...(known ?? exceptionOf(undefined, NOTHING_HELD)), from: NOTHING_HELD, due: true });
  }
  for (const [name, exception] of holdings)
    if (collection.entry(name) === undefined && (exception.due || isOpen(exception)))
      exceptions.set(name, { ...exception, from: NOTHING_HELD });
  return new Standing(collection.seq, exceptions);
}

/** The standing of a client that has answered nothing yet, and may hold these resources. */
export function newcomerIn(holdings: Holdings): Standing {
  if (holdings.size === 0) return NEWCOMER;
  const exceptions = [...holdings].map(([name, exception]) => [name, { ...exception, from: NOTHING_HELD }] as const);
  return NEWCOMER.with(exceptions);
}

/** Whether the client may hold something, or waits to be told that there is nothing. */
function isOpen({ holding }: Exception): boolean {
  return holding instanceof Unsure || mayHold(holding);
}

function isSettled({ holding, nack }: Exception, shown: ReturnType<EffectiveView['shown']>): boolean {
  return !(holding instanceof Unsure) && nack === undefined && isSameResource(holding, shown);
}
