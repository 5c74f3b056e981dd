/**
 * What one client is to hold under a name: what its view shows, but for what it rejected itself. One decision for each name
 * that may differ from what the client holds.
 */
import type { Entry } from '../resources/change-list.js';
import { type EncodedResource, isSameResource } from '../resources/resource.js';
import type { Covering } from '../holdings/covering.js';
import { type Exception, REMOVAL } from '../holdings/exception.js';
import { type Holding, Unsure, heldVersion, mayHold } from '../holdings/holding.js';
import type { DecisionContext } from '../holdings/subscription-state.js';

export type Decision =
  /** The client holds what it is to hold. */
  | { readonly kind: 'settled' }
  /** The client is to get this version. */
  | { readonly kind: 'send'; readonly resource: EncodedResource }
  /** The resource is to be removed from the client. */
  | { readonly kind: 'remove' }
  /** There is something else, but nothing that the client takes: it keeps what it holds. */
  | { readonly kind: 'keep' };

const SETTLED: Decision = { kind: 'settled' };
const KEEP: Decision = { kind: 'keep' };
const REMOVE: Decision = { kind: 'remove' };

/** Compares what the client is to hold with what it holds. */
export function decide(context: DecisionContext, name: string, entry: Entry | undefined, holding: Holding): Decision {
  const { interest } = context;
  const exception = context.standing.exceptions.get(name);
  if (entry === undefined || !interest.covers(name)) return decideMissing(interest, name, holding, exception);
  const shown = context.view.shown(context.collection, entry);
  if (shown === undefined && entry.resource === undefined) return decideMissing(interest, name, holding, exception);
  return decideExisting(context, entry, shown, holding, exception);
}

/** The resource does not exist: remove it if the client may hold it. A client that asked for it and accepted nothing is sent the removal. */
function decideMissing(interest: Covering, name: string, holding: Holding, exception: Exception | undefined): Decision {
  if (exception?.rejected.includes(REMOVAL) === true) return KEEP;
  if (holding instanceof Unsure || mayHold(holding)) return REMOVE;
  return exception?.nack !== undefined && interest.names.has(name) ? REMOVE : SETTLED;
}

function decideExisting(
  context: DecisionContext,
  entry: Entry,
  shown: EncodedResource | undefined,
  holding: Holding,
  exception: Exception | undefined,
): Decision {
  const held = heldVersion(holding);
  // A NACK is remembered while what was rejected is the newest.
  const settled =
    entry.resource !== undefined && exception?.rejected.includes(entry.resource.version) === true ? KEEP : SETTLED;
  // A client that accepted the newest version keeps it, even if others reject it.
  if (held !== undefined && isSameResource(held, entry.resource)) return isSameResource(held, shown) ? SETTLED : KEEP;
  const takes = (resource: EncodedResource): boolean =>
    exception?.rejected.includes(resource.version) !== true && !context.rejected.has(entry.name, resource.version);
  if (shown !== undefined && takes(shown))
    return isSameResource(held, shown) ? settled : { kind: 'send', resource: shown };
  if (held !== undefined) return KEEP;
  const fallback = context.view.fallback(context.collection, entry, takes);
  return fallback === undefined ? KEEP : { kind: 'send', resource: fallback };
}
