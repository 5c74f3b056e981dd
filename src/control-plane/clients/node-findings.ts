/**
 * What is strange about a node: its locality, its cluster, its metadata and its labels, compared with what there is. The same for a connected
 * Envoy and for one that flags describe. Pure functions of the node and of the world around it.
 */
import type { DiagnosticCode } from '../../api/codes.js';
import { didYouMean, suggest } from '../../api/suggest.js';
import type { Locality } from '../../mesh/model/model.js';
import type { XdsNode } from '../../xds/index.js';
import type { NodeFinding } from '../api/api.js';
import { type Client, nodeProblems, toClient } from './client.js';
import { misspeltKeys } from './node-metadata.js';
import type { KnownPlaces } from './places.js';

/** What a node is compared with. */
export interface Surroundings {
  readonly places: KnownPlaces;
  /** The key of every Mesh, `name.namespace`. */
  readonly meshes: readonly string[];
  /** The clusters that Meshes are installed in. */
  readonly clusters: readonly string[];
  /** Label keys that rules and selectors ask clients for. */
  readonly labels: readonly string[];
}

/** Every code that a finding about a node may have. */
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

/** How its words name the parts of a node: by their fields in a bootstrap. */
export function nodeFindings(node: XdsNode, surroundings: Surroundings): readonly NodeFinding[] {
  const client = toClient(node);
  return [
    ...localityFindings(node.locality, surroundings.places),
    ...meshFindings(client, surroundings),
    ...metadataFindings(node.metadata),
    ...labelFindings(client, surroundings),
  ];
}

/** Of the metadata alone, for a node that nobody is compared with yet. */
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

/** Where endpoints say nothing of their place, neither need clients. */
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

/** Regions whose endpoints name no zones say nothing about zones. */
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

/** Where no Mesh resource exists, meshes play no part, but clusters have names all the same. */
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

/** A cluster may have clients and no services. One whose name is nearly that of another is misspelt. */
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

/** Most labels are for other systems. A label is misspelt if it resembles one that a rule compares and that the client lacks. */
function labelFindings({ labels }: Client, surroundings: Surroundings): readonly NodeFinding[] {
  const missing = surroundings.labels.filter((label) => labels[label] === undefined);
  if (missing.length === 0) return [];
  return Object.keys(labels).flatMap((label) => {
    const meant = surroundings.labels.includes(label) ? undefined : suggest(label, missing);
    if (meant === undefined) return [];
    return [warning('NodeLabelNotAsked', `No rule and no selector uses the label "${label}".${didYouMean(meant)}`)];
  });
}
