/**
 * The target of one client for a name: what its view shows, except for versions that the client itself rejected. One decision for each name
 * that may differ from the target.
 */
import type { Entry } from '../resources/change-list.js';
import { type EncodedResource, isSameResource } from '../resources/resource.js';
import type { Covering } from '../holdings/covering.js';
import { type Exception, REMOVAL } from '../holdings/exception.js';
import { type Holding, Unsure, heldVersion, mayHold } from '../holdings/holding.js';
import type { DecisionContext } from '../holdings/subscription-state.js';

export type Decision =
  /** The client holds its target. */
  | { readonly kind: 'settled' }
  /** The client must get this version. */
  | { readonly kind: 'send'; readonly resource: EncodedResource }
  /** The client must remove the resource. */
  | { readonly kind: 'remove' }
  /** The client keeps what it holds, although something else is shown, because it rejected that. */
  | { readonly kind: 'keep' };

const SETTLED: Decision = { kind: 'settled' };
const KEEP: Decision = { kind: 'keep' };
const REMOVE: Decision = { kind: 'remove' };

/** Compares the target of the client with what it holds. */
export function decide(context: DecisionContext, name: string, entry: Entry | undefined, holding: Holding): Decision {
  const { interest } = context;
  const exception = context.standing.exceptions.get(name);
  if (entry === undefined || !interest.covers(name)) return decideMissing(interest, name, holding, exception);
  const shown = context.view.shown(context.collection, entry);
  if (shown === undefined && entry.resource === undefined) return decideMissing(interest, name, holding, exception);
  return decideExisting(context, entry, shown, holding, exception);
}

/** The resource does not exist. The client must remove it if it may hold it, or if it subscribed to the name and waits for an answer. */
function decideMissing(interest: Covering, name: string, holding: Holding, exception: Exception | undefined): Decision {
  if (exception?.rejected.includes(REMOVAL) === true) return KEEP;
  if (holding instanceof Unsure || mayHold(holding)) return REMOVE;
  const waits = exception?.due === true || exception?.nack !== undefined;
  return waits && interest.names.has(name) ? REMOVE : SETTLED;
}

function decideExisting(
  context: DecisionContext,
  entry: Entry,
  shown: EncodedResource | undefined,
  holding: Holding,
  exception: Exception | undefined,
): Decision {
  const held = heldVersion(holding);
  // A NACK is remembered while the rejected version is the newest.
  const settled =
    entry.resource !== undefined && exception?.rejected.includes(entry.resource.version) === true ? KEEP : SETTLED;
  // A client that accepted the newest version keeps it, even if other clients rejected it.
  if (held !== undefined && isSameResource(held, entry.resource)) return isSameResource(held, shown) ? SETTLED : KEEP;
  const takes = (resource: EncodedResource): boolean =>
    exception?.rejected.includes(resource.version) !== true && !context.rejected.has(entry.name, resource.version);
  if (shown !== undefined && takes(shown))
    return isSameResource(held, shown) ? settled : { kind: 'send', resource: shown };
  if (held !== undefined) return KEEP;
  const fallback = context.view.fallback(context.collection, entry, takes);
  return fallback === undefined ? KEEP : { kind: 'send', resource: fallback };
}
