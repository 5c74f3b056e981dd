/** Where one client stands: what there is, what is shown of it, what the client covers, and what it holds. */
import type { Entry } from '../resources/change-list.js';
import type { ResourceHistory } from '../resources/history.js';
import type { Covering } from './covering.js';
import type { EffectiveView } from './effective-view.js';
import { type Holding, Unsure } from './holding.js';
import type { Standing } from './standing.js';
import type { RefusedVersions } from './verdicts.js';

export interface Place {
  readonly collection: ResourceHistory;
  readonly view: EffectiveView;
  readonly interest: Covering;
  readonly standing: Standing;
}

/** Where decisions are taken. */
export interface Scene extends Place {
  /** What this client refused; also on earlier streams. */
  readonly refused: RefusedVersions;
}

/** What the client holds under this name. */
export function holdingOf(
  { collection, view, interest, standing }: Place,
  name: string,
  entry: Entry | undefined,
): Holding {
  const exception = standing.exceptions.get(name);
  if (exception !== undefined) return exception.holding;
  if (entry === undefined || standing.seq < 0) return undefined;
  return coveredHolding(interest, view.shownAt(collection, entry, standing.seq));
}

/** A client was told of a version only if its subscription covered that, by the name or by an alias that it had then. */
function coveredHolding(interest: Covering, holding: Holding): Holding {
  if (interest.wildcard || holding === undefined) return holding;
  if (!(holding instanceof Unsure)) return interest.coversVersion(holding) ? holding : undefined;
  const maybe = holding.maybe.filter((resource) => interest.coversVersion(resource));
  return maybe.length === 0 ? undefined : new Unsure(maybe, holding.other, maybe[0]);
}
