/** The state of one subscription: the collection, what is shown of it, what the subscription covers, and what the client holds. */
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

/** All that a decision about one name depends on. */
export interface DecisionContext extends SubscriptionState {
  /** What this client rejected; also on earlier streams. */
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

/** A version was sent to a client only if its subscription covered it, by the name or by an alias of that version. */
function coveredHolding(interest: Covering, holding: Holding): Holding {
  if (interest.wildcard || holding === undefined) return holding;
  if (!(holding instanceof Unsure)) return interest.coversVersion(holding) ? holding : undefined;
  const maybe = holding.maybe.filter((resource) => interest.coversVersion(resource));
  return maybe.length === 0 ? undefined : new Unsure(maybe, holding.other, maybe[0]);
}
