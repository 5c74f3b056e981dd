/**
 * Rankings as texts, which are parts of keys: `0,2,;` puts the first class into the first tier, the second into the third and leaves the
 * third out; in `0:1,0:0;30,70` the classes share one tier.
 */
import type { Preference } from '../preference/order.js';

export interface Ranking {
  /** Where each class of the cluster goes, in their order; `undefined`: nowhere. */
  readonly places: readonly (Preference | undefined)[];
  /** Percent of the traffic for each share, where the rule distributes. */
  readonly shares?: readonly number[];
}

/** Never empty: the empty text stands for the listed order. */
export function formatRanking({ places, shares }: Ranking): string {
  return `${places.map(formatPlace).join(',')};${shares?.join(',') ?? ''}`;
}

/** What `formatRanking` was given. */
export function parseRanking(text: string): Ranking {
  const [places = '', shares = ''] = text.split(';');
  return { places: places.split(',').map(parsePlace), ...(shares !== '' && { shares: shares.split(',').map(Number) }) };
}

function formatPlace(place: Preference | undefined): string {
  if (place === undefined) return '';
  return place.share === undefined ? String(place.tier) : `${String(place.tier)}:${String(place.share)}`;
}

function parsePlace(text: string): Preference | undefined {
  if (text === '') return undefined;
  const [tier = '', share] = text.split(':');
  return { tier: Number(tier), ...(share !== undefined && { share: Number(share) }) };
}
