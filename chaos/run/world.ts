/** The resources of a chaos run: a service in three sites, its failover, and what changes around them. */
import type { ConfigFiles } from '../../integration/support/processes/control-plane.js';
import {
  destination,
  failoverService,
  shiftToFailover,
  trafficPolicy,
} from '../../integration/support/services/resources.js';
import { meshes } from '../../integration/support/services/service.js';
import type { Site } from '../../integration/support/services/site.js';

export const SITES = ['east', 'west', 'north'] as const;
export type SiteName = (typeof SITES)[number];
export const BACKENDS_PER_SITE = 2;
/** Services besides the one that gets traffic. */
export const OTHER_SERVICES = 3;

/** What the files say. */
export interface World {
  /** The sites of the failover, in order. At least one. */
  readonly tiers: readonly SiteName[];
  /** By site: which backends are endpoints. */
  readonly listed: Readonly<Record<SiteName, readonly boolean[]>>;
  /** Whether traffic for the service of the first site is shifted to the failover. */
  readonly shifted: boolean;
  /** Consecutive errors after which an endpoint is ejected. */
  readonly errors: number;
  /** Which other services exist. */
  readonly others: readonly boolean[];
}

export const FIRST_WORLD: World = {
  tiers: SITES,
  listed: { east: [true, true], west: [true, true], north: [true, true] },
  shifted: false,
  errors: 1,
  others: [false, false, false],
};

/** The files of a world. A file that is absent in another world is to be removed. */
export function filesOf(world: World, sites: readonly Site[], port: number): ConfigFiles {
  const outlierDetection = { consecutiveErrors: world.errors, interval: '0.2s', baseEjectionTime: '1s' };
  const others = world.others.flatMap((exists, index) => (exists ? [index] : []));
  return {
    'meshes.yaml': meshes(...SITES),
    ...Object.fromEntries(
      sites.map((site) => [`${site.cluster}.yaml`, [site.destination({ endpoints: listedIn(world, site) })]]),
    ),
    'policies.yaml': [trafficPolicy('reviews-outlier', SITES, { outlierDetection })],
    'failover.yaml': [failoverService({ clusters: world.tiers, port, visibleIn: SITES })],
    ...(world.shifted && { 'shift.yaml': [shiftToFailover('east')] }),
    ...Object.fromEntries(others.map((index) => [`other-${index}.yaml`, [otherService(index, sites, port)]])),
  };
}

function listedIn({ listed }: World, { cluster, backends }: Site): readonly { readonly address: string }[] {
  const site = SITES.find((name) => name === cluster);
  return backends.filter((_, index) => site !== undefined && listed[site][index] === true);
}

function otherService(index: number, sites: readonly Site[], port: number) {
  const endpoints = sites.flatMap(({ backends }) => backends.slice(0, 1));
  return destination({ cluster: 'east', service: `other-${index}`, port, endpoints });
}
