/** Reads the client status of a server, without a network. */
import { envoyType } from '../../proto/envoy-types.js';
import type { XdsServer } from '../../xds/index.js';

export interface StatusClaim {
  readonly node: string;
  readonly typeUrl: string;
  readonly name: string;
  readonly configStatus: string;
  readonly clientStatus: string;
  /** The bytes of the resource. Empty without a resource. */
  readonly value: Buffer;
}

interface Response {
  readonly config: readonly {
    readonly node: { readonly id: string };
    readonly genericXdsConfigs: readonly (Omit<StatusClaim, 'node' | 'value'> & {
      readonly xdsConfig?: { readonly value: Buffer };
    })[];
  }[];
}

/** The status of every resource of every connected client. */
export function statusClaims(server: XdsServer): readonly StatusClaim[] {
  const answers: Buffer[] = [];
  const sink = server.methods().get('/envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus')?.({
    peer: 'test',
    write: (head, body) => answers.push(head, body) > 0,
    end: () => undefined,
  });
  sink?.received(Buffer.alloc(0));
  const type = envoyType('envoy.service.status.v3.ClientStatusResponse');
  const { config } = type.toObject(type.decode(Buffer.concat(answers)), { enums: String, arrays: true }) as Response;
  return config.flatMap(({ node, genericXdsConfigs }) =>
    genericXdsConfigs.map(({ typeUrl, name, configStatus, clientStatus, xdsConfig }) => {
      return { node: node.id, typeUrl, name, configStatus, clientStatus, value: xdsConfig?.value ?? Buffer.alloc(0) };
    }),
  );
}
