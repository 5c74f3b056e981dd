/**
 * The resources that a connected client has acknowledged, from client status discovery (CSDS).
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/status/v3/csds.proto
 */
import { compareText } from '../../api/resource.js';
import { type EnvoyMessageName, decodeEnvoyMessage, encodeEnvoyMessage, envoyType } from '../../proto/envoy-types.js';
import { STATUS, type TypeStatus, type XdsServer } from '../../xds/index.js';
import type { HeldSnapshot, PendingResource, SnapshotResources } from '../api/api.js';
import { shortName, toSyncState } from './proxies.js';
import { resourceTypes, typeUrls } from '../views/resource-types.js';

const FETCH = '/envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus';

/** The used fields of `GenericXdsConfig`. */
interface Config {
  readonly typeUrl: string;
  readonly name: string;
  /** Absent if empty, as in protobuf messages. */
  readonly versionInfo?: string;
  readonly xdsConfig?: { readonly value: Buffer };
  readonly configStatus: TypeStatus['state'];
  readonly clientStatus: string;
  readonly errorState?: { readonly details: string };
}

/** @throws Error if the client has more resources than fit into one CSDS response. */
export function heldResources(xds: XdsServer, nodeId: string): Omit<HeldSnapshot, 'findings'> {
  const configs = fetchConfigs(xds, nodeId);
  const versions = xds
    .clients()
    .filter(({ node }) => node.id === nodeId)
    .flatMap(({ types }) =>
      types.map(({ typeUrl, ackedVersion }) => [shortName(typeUrl), ackedVersion ?? ''] as const),
    );
  return {
    versions: Object.fromEntries(versions),
    ...resourcesOf(configs.filter(isHeldAsItIs)),
    pending: configs.filter(({ configStatus }) => configStatus !== 'SYNCED').map(toPending),
  };
}

/** The admin address has its own ways to say who may ask. */
function fetchConfigs(xds: XdsServer, nodeId: string): readonly Config[] {
  const answers: Buffer[] = [];
  let refusal: string | undefined;
  const sink = xds.methods({ authenticate: false }).get(FETCH)?.({
    peer: 'admin',
    write: (head, body) => answers.push(head, body) > 0,
    end: (code, message) => void (refusal = code === STATUS.ok ? refusal : message),
  });
  sink?.received(
    encodeEnvoyMessage('envoy.service.status.v3.ClientStatusRequest', {
      nodeMatchers: [{ nodeId: { exact: nodeId } }],
    }),
  );
  sink?.halfClosed();
  if (refusal !== undefined) throw new Error(`client status discovery: ${refusal}`);
  const type = envoyType('envoy.service.status.v3.ClientStatusResponse');
  const response = type.toObject(type.decode(Buffer.concat(answers)), { enums: String, arrays: true }) as {
    readonly config: readonly { readonly genericXdsConfigs: readonly Config[] }[];
  };
  return response.config.flatMap(({ genericXdsConfigs }) => genericXdsConfigs);
}

/** While a version is in flight, CSDS has its content, but not that of the version that the client holds. */
function isHeldAsItIs({ configStatus, clientStatus }: Config): boolean {
  return configStatus === 'SYNCED' && clientStatus === 'ACKED';
}

function resourcesOf(configs: readonly Config[]): SnapshotResources {
  const of = (kind: keyof typeof typeUrls): readonly unknown[] => {
    const name: EnvoyMessageName = resourceTypes[kind];
    return configs
      .filter(({ typeUrl }) => typeUrl === typeUrls[kind])
      .sort((a, b) => compareText(a.name, b.name))
      .flatMap(({ xdsConfig }) => (xdsConfig === undefined ? [] : [decodeEnvoyMessage(name, xdsConfig.value)]));
  };
  return { listeners: of('listener'), routes: of('route'), clusters: of('cluster'), endpoints: of('endpoint') };
}

function toPending({ typeUrl, name, versionInfo, configStatus, errorState }: Config): PendingResource {
  return {
    type: shortName(typeUrl),
    name,
    state: toSyncState(configStatus),
    version: versionInfo ?? '',
    ...(errorState && { error: errorState.details }),
  };
}
