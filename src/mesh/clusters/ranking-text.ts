/**
 * Rankings as texts, for use in keys. In `0,2,;` the first class is in the first tier, the second class is in the third tier, and the third
 * class is not used. In `0:1,0:0;30,70` the classes share one tier.
 */
import type { Preference } from '../preference/order.js';

export interface Ranking {
  /** The place of each class of the cluster, in their order. `undefined`: the class is not used. */
  readonly places: readonly (Preference | undefined)[];
  /** Percent of the traffic for each share. Absent if the rule does not distribute traffic. */
  readonly shares?: readonly number[];
}

/** Never empty, because the empty text stands for the listed order. */
export function formatRanking({ places, shares }: Ranking): string {
  return `${places.map(formatPlace).join(',')};${shares?.join(',') ?? ''}`;
}

/** The inverse of `formatRanking`. */
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
