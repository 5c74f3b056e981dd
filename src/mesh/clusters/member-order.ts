/**
 * Distributes the tiers of a client over the members of an aggregate. Envoy uses the members in order, each with its own priorities. A
 * member is therefore repeated if its services follow those of another member again. Services that share a tier but not a member are used
 * one after the other.
 */
import type { Preference } from '../preference/order.js';
import type { ListedClass } from './endpoint-class.js';
import type { Ranking } from './ranking-text.js';
import type { AggregateCluster } from './upstream-cluster.js';

/** Consecutive tiers whose services are in one member. */
export interface MemberRun {
  /** `id` of the member. */
  readonly member: string;
  /** The number of the run among those of the member, counted from 1. */
  readonly run: number;
  /** The tiers of the ranking, best first. */
  readonly tiers: readonly number[];
}

/** The members in the order in which a client uses them. Never empty: Envoy requires at least one. */
export function orderMembers(
  { members, listed }: AggregateCluster,
  classes: readonly ListedClass[],
  ranking: Ranking,
): readonly MemberRun[] {
  if (listed) return members.map(({ id }) => ({ member: id, run: 1, tiers: [] }));
  const runs: { member: string; run: number; tiers: number[] }[] = [];
  for (const { tier, member } of steps(defaultOrder(members), classes, ranking)) {
    const last = runs.at(-1);
    if (last?.member === member) last.tiers.push(tier);
    else runs.push({ member, run: runs.filter((other) => other.member === member).length + 1, tiers: [tier] });
  }
  return runs.length > 0 ? runs : members.slice(0, 1).map(({ id }) => ({ member: id, run: 1, tiers: [] }));
}

/** The default order: services with IP addresses before those with DNS names. */
function defaultOrder(members: AggregateCluster['members']): readonly string[] {
  const ofType = (wanted: string): readonly string[] =>
    members.filter(({ type }) => type === wanted).map(({ id }) => id);
  return [...ofType('EDS'), ...ofType('STRICT_DNS')];
}

/** A tier in which a member has endpoints. */
export interface Step {
  readonly tier: number;
  readonly member: string;
}

/** The steps in order of use: by tier, then the largest share first, then in the order of `members`. */
function steps(
  members: readonly string[],
  classes: readonly ListedClass[],
  { places, shares = [] }: Ranking,
): readonly Step[] {
  const found = new Map<string, Step & { share: number }>();
  classes.forEach(({ member }, i) => {
    const place = places[i];
    if (place === undefined) return;
    const key = `${String(place.tier)} ${member}`;
    const share = Math.max(found.get(key)?.share ?? 0, shares[place.share ?? 0] ?? 0);
    found.set(key, { tier: place.tier, member, share });
  });
  const index = ({ member }: Step): number => members.indexOf(member);
  return [...found.values()].sort((a, b) => a.tier - b.tier || b.share - a.share || index(a) - index(b));
}

/** The ranking of a member in one of its runs. Contains the classes of the member. The classes of its other runs have no place. */
export function rankingOfRun(
  runs: readonly MemberRun[],
  { member, run }: Pick<MemberRun, 'member' | 'run'>,
  classes: readonly ListedClass[],
  ranking: Ranking,
): Ranking {
  const tiers = runs.find((candidate) => candidate.member === member && candidate.run === run)?.tiers ?? [];
  const places = classes.flatMap((of, i) => (of.member === member ? [placeIn(tiers, ranking.places[i])] : []));
  return { places, ...(ranking.shares && { shares: ranking.shares }) };
}

function placeIn(tiers: readonly number[], place: Preference | undefined): Preference | undefined {
  const tier = place === undefined ? -1 : tiers.indexOf(place.tier);
  return place === undefined || tier < 0 ? undefined : { ...place, tier };
}
