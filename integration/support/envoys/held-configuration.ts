/**
 * Brings the resources that an Envoy holds, and those that `lifeboat snapshot` prints, into one form for comparison.
 */
import type { ConfigDumpSection } from './envoy-admin.js';
import { canonicalNames } from './proto-json.js';

type Message = Readonly<Record<string, unknown>>;

/** Canonical proto JSON of every resource, by type and name. Load assignments are sorted lines of endpoints. */
export interface HeldConfiguration {
  readonly listeners: Readonly<Record<string, Message>>;
  readonly routes: Readonly<Record<string, Message>>;
  readonly clusters: Readonly<Record<string, Message>>;
  readonly endpoints: Readonly<Record<string, readonly string[]>>;
}

/** From `/config_dump?include_eds`: the active dynamic resources. */
export function fromConfigDump(sections: readonly ConfigDumpSection[]): HeldConfiguration {
  const dump = (section: string, list: string, resource: (entry: Message) => unknown): readonly Message[] =>
    sections
      .filter((candidate) => candidate['@type'].endsWith(`.${section}`))
      .flatMap((found) => (found[list] ?? []) as readonly Message[])
      .map((entry) => canonicalNames(resource(entry)) as Message);
  return held({
    listeners: dump(
      'ListenersConfigDump',
      'dynamic_listeners',
      (entry) => (entry['active_state'] as Message)['listener'],
    ),
    routes: dump('RoutesConfigDump', 'dynamic_route_configs', (entry) => entry['route_config']),
    clusters: dump('ClustersConfigDump', 'dynamic_active_clusters', (entry) => entry['cluster']),
    endpoints: dump('EndpointsConfigDump', 'dynamic_endpoint_configs', (entry) => entry['endpoint_config']),
  });
}

/** Lists of resources as `lifeboat snapshot -o json` prints them. */
export type Snapshot = Readonly<Record<keyof HeldConfiguration, readonly Message[]>>;

/** From a snapshot. */
export function held(snapshot: Snapshot): HeldConfiguration {
  return {
    listeners: byName(snapshot.listeners),
    routes: byName(snapshot.routes),
    clusters: byName(snapshot.clusters),
    endpoints: Object.fromEntries(snapshot.endpoints.map((each) => [String(each['clusterName']), endpointLines(each)])),
  };
}

function byName(resources: readonly Message[]): Readonly<Record<string, Message>> {
  return Object.fromEntries(
    resources.map((resource) => {
      const { '@type': _type, ...fields } = resource;
      return [String(resource['name']), fields];
    }),
  );
}

interface LoadAssignment {
  readonly endpoints?: readonly {
    readonly priority?: number;
    readonly locality?: Message;
    readonly loadBalancingWeight?: number;
    readonly lbEndpoints?: readonly {
      readonly healthStatus?: string;
      readonly endpoint: { readonly address: { readonly socketAddress: Message } };
    }[];
  }[];
}

/** Envoy's dump of a load assignment lists its hosts, so only the common properties are compared. */
function endpointLines(assignment: Message): readonly string[] {
  const lines = ((assignment as LoadAssignment).endpoints ?? []).flatMap((group) =>
    (group.lbEndpoints ?? []).map((host) => {
      const { address, portValue } = host.endpoint.address.socketAddress;
      const health =
        host.healthStatus === 'UNHEALTHY' || host.healthStatus === 'DRAINING' ? host.healthStatus : 'HEALTHY';
      const locality = JSON.stringify(group.locality ?? {});
      const place = `${group.priority ?? 0} ${locality} ${group.loadBalancingWeight ?? 0}`;
      return `${place} ${String(address)}:${String(portValue)} ${health}`;
    }),
  );
  return lines.sort();
}
