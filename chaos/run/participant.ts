/** The Envoys of a chaos run. */
import type { SocketAddress } from '../../envoy/bootstrap.js';
import { EnvoyContainer } from '../../integration/support/envoys/envoy-container.js';
import { freePort } from '../../integration/support/processes/addresses.js';
import { APP_NAMESPACE } from '../../integration/support/services/resources.js';
import type { Story } from '../../integration/support/story.js';
import type { History } from '../history/file.js';

/** One Envoy of the run. */
export interface Participant {
  readonly id: string;
  readonly address: string;
  readonly envoy: EnvoyContainer;
  /** Requests that failed after their last retry, before its last restart. */
  exhausted: number;
}

/** Envoys by turns have state-of-the-world and incremental xDS. */
export async function joinRun(story: Story, history: History, xds: SocketAddress, index: number): Promise<Participant> {
  const address = story.address();
  const id = `sidecar~${address}~productpage-${index}.${APP_NAMESPACE}~east`;
  const metadata = { CLUSTER_ID: 'east', NAMESPACE: APP_NAMESPACE, LISTEN_ADDRESS: address };
  const envoy = await story.keep(
    EnvoyContainer.start({
      node: { id, cluster: 'east', locality: { region: 'east' }, metadata },
      xds,
      admin: { address, port: await freePort() },
      adsMode: index % 2 === 0 ? 'GRPC' : 'DELTA_GRPC',
    }),
  );
  history.add({ kind: 'proxy', proxy: id, up: true });
  return { id, address, envoy, exhausted: 0 };
}

/** Requests that failed after their last permitted retry. */
export async function exhaustedRetries({ envoy }: Participant): Promise<number> {
  const counts = await envoy.admin.stats(/^cluster\..*\.upstream_rq_retry_limit_exceeded$/);
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
