/**
 * Findings about a node: its locality, cluster, metadata and labels, compared with the model. The same for a connected Envoy and for one
 * that parameters describe. Pure functions.
 */
import type { DiagnosticCode } from '../../api/codes.js';
import { didYouMean, suggest } from '../../api/suggest.js';
import type { Locality } from '../../mesh/model/model.js';
import type { XdsNode } from '../../xds/index.js';
import type { NodeFinding } from '../api/api.js';
import { type Client, nodeProblems, toClient } from './client.js';
import { misspeltKeys } from './node-metadata.js';
import type { KnownPlaces } from './places.js';

/** The parts of the model that a node is compared with. */
export interface Surroundings {
  readonly places: KnownPlaces;
  /** The key of every Mesh, `name.namespace`. */
  readonly meshes: readonly string[];
  /** The clusters that Meshes are installed in. */
  readonly clusters: readonly string[];
  /** Label keys of clients that rules and selectors compare. */
  readonly labels: readonly string[];
}

/** The codes of findings about nodes. */
export const nodeFindingCodes: readonly DiagnosticCode[] = [
  'DuplicateNodeId',
  'NodeWithoutLocality',
  'NodeLocalityNotFound',
  'NodeClusterNotFound',
  'NodeMeshNotFound',
  'NodeLabelNotAsked',
  'InvalidNodeMetadata',
  'UnknownNodeMetadata',
];

/** The messages name the parts of a node by their fields in a bootstrap. */
export function nodeFindings(node: XdsNode, surroundings: Surroundings): readonly NodeFinding[] {
  const client = toClient(node);
  return [
    ...localityFindings(node.locality, surroundings.places),
    ...meshFindings(client, surroundings),
    ...metadataFindings(node.metadata),
    ...labelFindings(client, surroundings),
  ];
}

/** The findings about the metadata alone, without the model. */
export function metadataFindings(metadata: XdsNode['metadata']): readonly NodeFinding[] {
  const problems = nodeProblems({ ...UNKNOWN, metadata });
  return [
    ...problems.map((message) => warning('InvalidNodeMetadata', message)),
    ...misspeltKeys(metadata).map((message) => warning('UnknownNodeMetadata', message)),
  ];
}

const UNKNOWN: XdsNode = {
  ...{ id: '', cluster: '', locality: { region: '', zone: '', subZone: '' }, metadata: {} },
  ...{ userAgentName: '', userAgentVersion: '', clientFeatures: [] },
};

export function warning(code: DiagnosticCode, message: string): NodeFinding {
  return { severity: 'warning', code, message };
}

/** If no endpoint has a locality, clients need none. */
export function localityFindings(locality: Locality, places: KnownPlaces): readonly NodeFinding[] {
  const { region, zone, subZone } = locality;
  if (places.regions.size + places.zones.size === 0) return [];
  if (region === '' && zone === '' && subZone === '') return [warning('NodeWithoutLocality', WITHOUT_LOCALITY)];
  const zonesWithoutRegion = places.zones.get('') ?? NONE;
  if (zonesWithoutRegion.has(zone)) return [];
  if (region === '') return zoneFinding(zone, new Set([...places.zones.values()].flatMap((zones) => [...zones])), '');
  if (!places.regions.has(region))
    return [
      warning(
        'NodeLocalityNotFound',
        `No endpoint is in the region "${region}".${suggestionFor(region, places.regions)}`,
      ),
    ];
  return zoneFinding(zone, places.zones.get(region) ?? NONE, ` of the region "${region}"`);
}

const WITHOUT_LOCALITY =
  'The node has no locality, so all endpoints are equally near. Set node.locality (bootstrap --locality REGION/ZONE).';
const NONE: ReadonlySet<string> = new Set();

/** If no endpoint of the region has a zone, zones are not compared. */
function zoneFinding(zone: string, known: ReadonlySet<string>, where: string): readonly NodeFinding[] {
  if (zone === '' || known.size === 0 || known.has(zone)) return [];
  return [
    warning('NodeLocalityNotFound', `No endpoint is in the zone "${zone}"${where}.${suggestionFor(zone, known)}`),
  ];
}

/** The most similar of these values, or the first few of them if none is similar. */
function suggestionFor(word: string, known: Iterable<string>): string {
  const names = [...known].sort();
  const nearest = suggest(word, names);
  if (nearest !== undefined) return didYouMean(nearest);
  const shown = names.slice(0, MOST_SHOWN).join(', ');
  return names.length === 0 ? '' : ` Available: ${shown}${names.length > MOST_SHOWN ? ', …' : ''}.`;
}

const MOST_SHOWN = 5;

/** Without Mesh resources, only the name of the cluster is compared. */
function meshFindings({ mesh, cluster }: Client, { meshes, clusters, places }: Surroundings): readonly NodeFinding[] {
  if (meshes.length === 0) return clusterFindings(cluster, places.clusters);
  if (mesh !== '') {
    if (meshes.includes(mesh)) return [];
    return [
      warning(
        'NodeMeshNotFound',
        `There is no Mesh "${mesh}" (node.metadata.MESH, NAME.NAMESPACE), so the node gets no services of a mesh.${suggestionFor(mesh, meshes)}`,
      ),
    ];
  }
  if (clusters.includes(cluster)) return [];
  if (cluster === '')
    return [
      warning(
        'NodeClusterNotFound',
        `The node names no cluster, so it gets no services of a mesh. Set node.metadata.CLUSTER_ID (bootstrap --cluster).${suggestionFor('', clusters)}`,
      ),
    ];
  return [
    warning(
      'NodeClusterNotFound',
      `No Mesh is installed in the cluster "${cluster}" (node.metadata.CLUSTER_ID, else node.cluster), so the node gets no services of a mesh.${suggestionFor(cluster, clusters)}`,
    ),
  ];
}

/** A cluster without services is valid. It is misspelt if its name is similar to that of another cluster. */
function clusterFindings(cluster: string, known: ReadonlySet<string>): readonly NodeFinding[] {
  const meant = cluster === '' || known.has(cluster) ? undefined : suggest(cluster, known);
  if (meant === undefined) return [];
  return [
    warning(
      'NodeClusterNotFound',
      `No service is in the cluster "${cluster}" (node.metadata.CLUSTER_ID, else node.cluster), so short host names do not work there.${didYouMean(meant)}`,
    ),
  ];
}

/** Most labels are for other systems. A label is misspelt if it is similar to a compared label that the client lacks. */
function labelFindings({ labels }: Client, surroundings: Surroundings): readonly NodeFinding[] {
  const missing = surroundings.labels.filter((label) => labels[label] === undefined);
  if (missing.length === 0) return [];
  return Object.keys(labels).flatMap((label) => {
    const meant = surroundings.labels.includes(label) ? undefined : suggest(label, missing);
    if (meant === undefined) return [];
    return [warning('NodeLabelNotAsked', `No rule and no selector uses the label "${label}".${didYouMean(meant)}`)];
  });
}
