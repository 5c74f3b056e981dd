/** The Envoys of a chaos run. */
import type { EnvoyContainer } from '../../integration/support/envoys/envoy-container.js';
import type { Served, Story } from '../../integration/support/story.js';
import type { History } from '../history/file.js';

/** One Envoy of the run. */
export interface Participant {
  readonly id: string;
  readonly address: string;
  /** Its site, which is also its region. */
  readonly cluster: string;
  readonly envoy: EnvoyContainer;
  /** Requests that failed after their last retry, before its last restart. */
  exhausted: number;
}

/** Envoys by turns have state-of-the-world and incremental xDS. */
export async function joinRun(story: Story, history: History, served: Served, index: number): Promise<Participant> {
  const cluster = 'east';
  const adsMode = index % 2 === 0 ? 'GRPC' : 'DELTA_GRPC';
  const { envoy, address } = await story.sidecar(served, { cluster, adsMode });
  history.add({ kind: 'proxy', proxy: envoy.id, up: true });
  return { id: envoy.id, address, cluster, envoy, exhausted: 0 };
}

/** Requests that failed after their last permitted retry. */
export async function exhaustedRetries({ envoy }: Participant): Promise<number> {
  const counts = await envoy.admin.stats(/^cluster\..*\.upstream_rq_retry_limit_exceeded$/);
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
