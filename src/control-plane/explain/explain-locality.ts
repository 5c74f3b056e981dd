/** Findings of `explain` about the locality of a client: no reachable endpoint, and probable typing errors. */
import { didYouMean, suggest } from '../../api/suggest.js';
import type { Read } from '../../graph/index.js';
import { classify } from '../../mesh/clusters/endpoint-class.js';
import type { Locality } from '../../mesh/model/model.js';
import { coversLocality, mappingFor } from '../../mesh/preference/locality-order.js';
import { formatLocality } from '../../mesh/preference/rule-text.js';
import type { MeshModel } from '../../mesh/tables.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';

/** The sentence for a client without tiers. `target`: the name of the host. */
export function nothingInReach(
  read: Read,
  model: MeshModel,
  cluster: ClusterKey,
  client: Locality,
  target: string,
): string {
  const places = placesOf(read, model, cluster);
  if (places.length === 0) return `${target} has no endpoint: requests to it fail.`;
  const rule = read(model.clusters.clusters, cluster)?.rule;
  const mapping = rule?.type === 'locality' ? mappingFor(client, rule.mappings) : undefined;
  const where = `No endpoint of ${target} is in reach of a client in ${formatLocality(client) || 'no locality'}`;
  const exist = `Endpoints are in ${listOf(places)}.`;
  if (mapping === undefined) return `${where}. ${exist}`;
  const to = mapping.to.map(({ locality }) => formatLocality(locality)).join(', ');
  return `${where}: the mapping from ${formatLocality(mapping.from)} allows ${to === '' ? 'nothing else' : `only ${to}`}. ${exist}`;
}

/** A finding if no endpoint is in the client's locality, which may be intended. `shown`: the localities of the endpoints that it uses. */
export function explainedLocalityFindings(
  read: Read,
  model: MeshModel,
  cluster: ClusterKey,
  client: Locality,
  shown: readonly Locality[],
): readonly string[] {
  const places = [...placesOf(read, model, cluster), ...shown];
  const { region, zone } = client;
  if (region === '' || places.some((place) => coversLocality({ region, zone, subZone: '' }, place))) return [];
  const inRegion = places.filter((place) => place.region === region);
  if (inRegion.length > 0) {
    const near = suggest(
      zone,
      inRegion.map((place) => place.zone),
    );
    return near === undefined ? [] : [`No endpoint is in ${region}/${zone}.${didYouMean(`${region}/${near}`)}`];
  }
  const isKnown = model.ruleFindings.hasEndpointOrNode(read, { region, zone: '', subZone: '' });
  const near = isKnown
    ? undefined
    : suggest(
        region,
        places.map((place) => place.region),
      );
  return [
    `No endpoint is in the region ${region}.${near === undefined ? ` Endpoints are in ${listOf(places)}.` : didYouMean(near)}`,
  ];
}

/** The localities of the cluster's endpoints, for all clients. */
function placesOf(read: Read, model: MeshModel, key: ClusterKey): readonly Locality[] {
  const cluster = read(model.clusters.clusters, key);
  return cluster === undefined
    ? []
    : [...classify(read, cluster, model.destinations).keys()].map(({ locality }) => locality);
}

function listOf(places: readonly Locality[]): string {
  return [...new Set(places.map((place) => formatLocality(place) || 'no locality'))].join(', ');
}
