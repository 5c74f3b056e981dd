/**
 * How many of the connected proxies that a resource concerns hold what is made of it. It must not know what statuses look like.
 */
import type { ResourceRef } from '../../api/resource.js';
import type { Graph } from '../../graph/index.js';
import { targetsOf } from '../../kinds/registry.js';
import { targetOfCluster } from '../../mesh/model/cluster-key.js';
import type { TargetKey } from '../../mesh/model/target-key.js';
import type { MeshModel } from '../../mesh/tables.js';
import { type AudienceKey, audienceKey } from '../../mesh/offers/visibility-key.js';
import type { ClientStatus } from '../../xds/index.js';
import { meshOf } from '../clients/client-scope.js';
import { toClient } from '../clients/client.js';

/**
 * Milliseconds for which a proxy counts as up to date although it has not acknowledged the newest version. Each change leaves every proxy
 * behind for a moment, which is not worth a new status.
 */
const PATIENCE_MS = 5_000;

export interface ProxyCount {
  /** Connected proxies that see the resource. */
  readonly proxies: number;
  /** Those of them that hold it. */
  readonly programmed: number;
}

/** The proxies of one audience. */
interface Audience extends ProxyCount {
  readonly sees: ReadonlySet<TargetKey>;
}

export class ProgrammedProxies {
  readonly #graph: Graph;
  readonly #model: MeshModel;
  readonly #audiences: readonly Audience[];

  /** The proxies of this moment. `now`: milliseconds since the epoch. */
  constructor(graph: Graph, model: MeshModel, clients: readonly ClientStatus[], now: number) {
    this.#graph = graph;
    this.#model = model;
    this.#audiences = [...countByAudience(graph, model, clients, now)].map(([audience, count]) => ({
      ...count,
      sees: new Set((graph.read(model.visibility.offered, audience) ?? []).map(targetOfCluster)),
    }));
  }

  /** `undefined` for resources that no configuration of Envoy is made of. */
  countOf(ref: ResourceRef): ProxyCount | undefined {
    const targets = targetsOf(this.#graph.read.bind(this.#graph), this.#model, ref);
    if (targets === undefined) return undefined;
    const concerned = this.#audiences.filter(({ sees }) => targets.some((target) => sees.has(target)));
    return {
      proxies: sum(concerned.map(({ proxies }) => proxies)),
      programmed: sum(concerned.map(({ programmed }) => programmed)),
    };
  }
}

/** A proxy with a separate stream for each type is one proxy. */
function countByAudience(
  graph: Graph,
  model: MeshModel,
  clients: readonly ClientStatus[],
  now: number,
): ReadonlyMap<AudienceKey, ProxyCount> {
  const isCurrentById = new Map<string, boolean>();
  const audienceById = new Map<string, AudienceKey>();
  for (const { node, types } of clients) {
    const client = toClient(node);
    const isCurrent = types.every(({ state, since }) => state === 'SYNCED' || isOnItsWay(state, now - since));
    isCurrentById.set(node.id, isCurrent && (isCurrentById.get(node.id) ?? true));
    audienceById.set(node.id, audienceKey(meshOf(graph, model, client), client.role));
  }
  const counts = new Map<AudienceKey, ProxyCount>();
  for (const [id, audience] of audienceById) {
    const { proxies, programmed } = counts.get(audience) ?? { proxies: 0, programmed: 0 };
    const isCurrent = isCurrentById.get(id) === true;
    counts.set(audience, { proxies: proxies + 1, programmed: programmed + (isCurrent ? 1 : 0) });
  }
  return counts;
}

function isOnItsWay(state: ClientStatus['types'][number]['state'], age: number): boolean {
  return state !== 'ERROR' && age < PATIENCE_MS;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
