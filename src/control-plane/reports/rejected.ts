/** Configurations that Envoys rejected, and those that Lifeboat withholds because Envoy would reject them, for statuses. */
import type { RowRef } from '../views/row-ref.js';
import { isInMessages } from '../../kinds/registry.js';
import type { Resource } from '../../api/resource.js';
import type { SourceRow } from '../../graph/index.js';
import type { Destination } from '../../mesh/model/model.js';
import type { RejectedBy, RejectedConfiguration } from '../../status/rejections.js';
import type { ClientStatus, RejectedResource } from '../../xds/index.js';
import { speaksOfHost } from '../../xds/index.js';
import type { Core } from '../inputs/core.js';
import { typeUrls } from '../views/resource-types.js';
import { listedView, namedRow, portOffsetOf } from '../views/views.js';
import type { Withheld } from '../views/withheld.js';
import { destinationKey } from '../../mesh/model/object-key.js';
import { serviceKey } from '../../mesh/model/kube-key.js';

const types: Readonly<Record<string, RejectedConfiguration['type']>> = {
  [typeUrls.cluster]: 'cluster',
  [typeUrls.endpoint]: 'endpoints',
  [typeUrls.listener]: 'listener',
  [typeUrls.route]: 'route configuration',
};

/** The maximum size of a response whose resources are all suspected, if the error message names none. */
const MOST_SUSPECTS = 100;

interface Subject {
  readonly typeUrl: string;
  readonly view: string;
  readonly name: string;
  readonly message: string;
  readonly by: RejectedBy;
  readonly host?: string;
}

/** `clients`: for NACKs that name no resource. */
export function toRejected(
  core: Core,
  rejected: readonly RejectedResource[],
  clients: readonly ClientStatus[],
  withheld: readonly Withheld[],
): readonly RejectedConfiguration[] {
  const rows = new RowFinder(core);
  const subjects = [
    ...rejected.map(toSubject),
    ...clients.flatMap((client) => suspectsOf(client, rejected)),
    ...withheld.map(fromGuard),
  ];
  return subjects.flatMap(({ typeUrl, view, ...subject }) => {
    const type = types[typeUrl];
    const portOffset = type === 'listener' ? portOffsetOf(view) : 0;
    return type === undefined
      ? []
      : [{ ...subject, type, portOffset, sources: rows.sourcesOf(typeUrl, view, subject.name) }];
  });
}

function toSubject({ typeUrl, view, name, message, nodeId }: RejectedResource): Subject {
  return { typeUrl, view, name, message, by: { type: 'envoy', nodeId } };
}

function fromGuard({ typeUrl, view, name, part, rejection }: Withheld): Subject {
  const host = typeUrl === typeUrls.route ? part : undefined;
  return {
    typeUrl,
    view,
    name,
    message: rejection,
    by: { type: 'guard', ...(part !== undefined && { part }) },
    ...(host !== undefined && { host }),
  };
}

/**
 * All resources of the last response of a type, if the NACK names none of them. Excludes NACKs about the client's own host, and NACKs of
 * earlier responses, because a later response may be valid.
 */
function suspectsOf({ node, types: all }: ClientStatus, rejected: readonly RejectedResource[]): readonly Subject[] {
  return all.flatMap(({ typeUrl, view, error, sentVersion }) => {
    if (
      error === undefined ||
      error.version !== sentVersion ||
      error.names.length > MOST_SUSPECTS ||
      speaksOfHost(error.message)
    )
      return [];
    const names = new Set(error.names);
    if (rejected.some((resource) => resource.typeUrl === typeUrl && names.has(resource.name))) return [];
    const by: RejectedBy = { type: 'envoy', nodeId: node.id, ...(names.size > 1 && { among: names.size }) };
    return [...names].map((name) => ({ typeUrl, view, name, message: error.message, by }));
  });
}

/** Finds rows by the names of their resources. Lists each view once. */
class RowFinder {
  readonly #core: Core;
  readonly #listed = new Map<string, ReadonlyMap<string, RowRef>>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** The resources that a message was made from. */
  sourcesOf(typeUrl: string, view: string, name: string): readonly Resource<unknown>[] {
    const row = this.#rowOf(typeUrl, view, name);
    if (row === undefined) return [];
    const resources = this.#core.graph.sources(row.table, row.key).flatMap((source) => this.#toResources(source));
    return [...new Set(resources)];
  }

  #rowOf(typeUrl: string, view: string, name: string): RowRef | undefined {
    const { graph, model, envoy } = this.#core;
    const listed = listedView(graph, model, envoy, typeUrl, view);
    if (listed === undefined) return namedRow(envoy, typeUrl, view, name);
    const id = `${typeUrl}\n${view}`;
    const byName =
      this.#listed.get(id) ?? new Map(listed.rows().map((row) => [graph.read(row.table, row.key)?.name ?? '', row]));
    this.#listed.set(id, byName);
    return byName.get(name);
  }

  /** A destination counts as the resource that declares it, or as the Service that it was discovered from. */
  #toResources({ table, row }: SourceRow): readonly Resource<unknown>[] {
    const { graph, model } = this.#core;
    if (table !== model.destinations.destinations.name) return isInMessage(row) ? [row] : [];
    const { ref, service } = row as Destination;
    const declared = graph.read(model.inputs.destinations, destinationKey(ref));
    const discovered = service && graph.read(model.inputs.services, serviceKey(service));
    return [...(declared ? [declared] : []), ...(discovered ? [discovered] : [])];
  }
}

/** Whether Envoy's messages contain values of the resource. */
function isInMessage(row: unknown): row is Resource<unknown> {
  const { ref } = row as Partial<Resource<unknown>>;
  return ref?.kind !== undefined && isInMessages(ref);
}
