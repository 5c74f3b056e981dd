/** Reads the parts of the model that nodes are compared with. */
import { clientScope } from './client-scope.js';
import { type Graph, SINGLE } from '../../graph/index.js';
import { sourceLabels } from '../../mesh/policies/selection/source-selectors.js';
import { NETWORK_LABEL } from '../../mesh/preference/label-order.js';
import type { MeshModel } from '../../mesh/tables.js';
import type { Surroundings } from './node-findings.js';
import type { Places } from './places.js';

export function surroundingsOf(graph: Graph, model: MeshModel, places: Places): Surroundings {
  const meshes = graph.read(model.meshes.all, SINGLE) ?? [];
  const { rules, sources } = clientScope(graph, model);
  return {
    places: places.known(),
    meshes,
    clusters: meshes.flatMap((key) => graph.read(model.meshes.meshes, key)?.clusters ?? []),
    labels: [...new Set([...rules.labels.filter((label) => !isPlace(label)), ...sourceLabels(sources)])],
  };
}

/** Labels for the client's locality and cluster. */
function isPlace(label: string): boolean {
  return label.startsWith('topology.') && label !== NETWORK_LABEL;
}
