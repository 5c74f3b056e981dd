/** Keys of routes. */
import { type Key, pairCodec } from '../../graph/index.js';
import type { ClusterKey } from '../model/cluster-key.js';
import type { SourceScope } from '../policies/selection/source-selectors.js';

/** The cluster of a host, and the source selectors that the client matches, among those that the routes depend on. */
export type RouteKey = Key<'routes'>;

const ROUTE = pairCodec<RouteKey, ClusterKey, SourceScope>();

export const routeKey = ROUTE.format;
export const parseRoute = ROUTE.parse;
