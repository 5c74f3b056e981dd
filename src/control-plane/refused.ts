/** What Envoys refused, in the words of statuses. */
import type { RefusedConfiguration } from '../status/refusals.js';
import type { RefusedResource } from '../xds/index.js';
import { typeUrls } from './resource-types.js';
import { portOffsetOf } from './views.js';

const types: Readonly<Record<string, RefusedConfiguration['type']>> = {
  [typeUrls.cluster]: 'cluster',
  [typeUrls.endpoint]: 'endpoints',
  [typeUrls.listener]: 'listener',
  [typeUrls.route]: 'route configuration',
};

export function toRefused(refused: readonly RefusedResource[]): readonly RefusedConfiguration[] {
  return refused.flatMap(({ typeUrl, name, view, message, nodeId }) => {
    const type = types[typeUrl];
    const portOffset = type === 'listener' ? portOffsetOf(view) : 0;
    return type === undefined ? [] : [{ type, name, portOffset, message, nodeId }];
  });
}
