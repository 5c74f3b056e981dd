/** The state of one subscription: the collection, what its view shows, what it covers, and what the client holds. */
import type { Entry } from '../resources/change-list.js';
import type { ResourceHistory } from '../resources/history.js';
import type { Covering } from './covering.js';
import type { EffectiveView } from './effective-view.js';
import { type Holding, Unsure } from './holding.js';
import type { Standing } from './standing.js';
import type { RejectedVersions } from './verdicts.js';

export interface SubscriptionState {
  readonly collection: ResourceHistory;
  readonly view: EffectiveView;
  readonly interest: Covering;
  readonly standing: Standing;
}

/** Everything that a decision about one name depends on. */
export interface DecisionContext extends SubscriptionState {
  /** The versions that this client rejected, on this stream or earlier ones. */
  readonly rejected: RejectedVersions;
}

/** What the client holds under this name. */
export function holdingOf(
  { collection, view, interest, standing }: SubscriptionState,
  name: string,
  entry: Entry | undefined,
): Holding {
  const exception = standing.exceptions.get(name);
  if (exception !== undefined) return exception.holding;
  if (entry === undefined || standing.seq < 0) return undefined;
  return coveredHolding(interest, view.shownAt(collection, entry, standing.seq));
}

/** The client was sent a version only if its subscription covered the version, by its name or by an alias of that version. */
function coveredHolding(interest: Covering, holding: Holding): Holding {
  if (interest.wildcard || holding === undefined) return holding;
  if (!(holding instanceof Unsure)) return interest.coversVersion(holding) ? holding : undefined;
  const maybe = holding.maybe.filter((resource) => interest.coversVersion(resource));
  return maybe.length === 0 ? undefined : new Unsure(maybe, holding.other, maybe[0]);
}
