/** The ports that the containers of an application use, as far as their Pod says so. */
import { type Mapping, isDataMapping, asList } from '../edits/data.js';
import { SIDECAR_NAME } from './options.js';

export interface AppPort {
  readonly container: string;
  readonly port: number;
  /** Where the port stands, from the Pod. */
  readonly path: readonly (string | number)[];
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const ACTIONS = ['httpGet', 'tcpSocket', 'grpc'] as const;

/** The TCP ports that are declared, and those that probes ask: the declaration of a port is optional. */
export function appPorts(spec: Mapping): readonly AppPort[] {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    asList(spec[list]).flatMap((container, index) =>
      isDataMapping(container) && container['name'] !== SIDECAR_NAME ? portsOf(container, ['spec', list, index]) : [],
    ),
  );
}

function portsOf(container: Mapping, path: AppPort['path']): readonly AppPort[] {
  const name = typeof container['name'] === 'string' ? container['name'] : '';
  const declared = asList(container['ports']).flatMap((port, index) =>
    isDataMapping(port) && (port['protocol'] ?? 'TCP') === 'TCP'
      ? [{ port: port['containerPort'], path: [...path, 'ports', index, 'containerPort'] }]
      : [],
  );
  const all = [...declared, ...PROBES.flatMap((probe) => probedPorts(container[probe], [...path, probe]))];
  const seen = new Set<unknown>();
  return all.flatMap(({ port, path: at }) => {
    if (typeof port !== 'number' || seen.has(port)) return [];
    seen.add(port);
    return [{ container: name, port, path: at }];
  });
}

/** Names of ports are among the declared ones. */
function probedPorts(
  probe: unknown,
  path: AppPort['path'],
): readonly { readonly port: unknown; readonly path: AppPort['path'] }[] {
  if (!isDataMapping(probe)) return [];
  return ACTIONS.flatMap((action) => {
    const handler = probe[action];
    return isDataMapping(handler) ? [{ port: handler['port'], path: [...path, action, 'port'] }] : [];
  });
}
