/** What a control plane computes for an Envoy, by `lifeboat snapshot`. */
import type { ControlPlane } from '../processes/control-plane.js';
import { lifeboat } from '../processes/lifeboat.js';
import { APP_NAMESPACE } from '../services/resources.js';
import { held, type HeldConfiguration, type Snapshot } from './held-configuration.js';

/** An Envoy whose listeners are at an address. Its cluster is its region too. */
export interface ComputedFor {
  readonly id: string;
  readonly address: string;
  readonly cluster: string;
}

/** @throws Error with the output of the command if it fails. */
export async function computedFor(
  { adminUrl }: ControlPlane,
  { id, address, cluster }: ComputedFor,
): Promise<HeldConfiguration> {
  const node = ['--node-id', id, '--locality', cluster, '--cluster', cluster];
  const metadata = ['--metadata', `LISTEN_ADDRESS=${address}`, '--metadata', `NAMESPACE=${APP_NAMESPACE}`];
  const { exitCode, stdout, stderr } = await lifeboat(
    ...['snapshot', ...node, ...metadata, '-o', 'json', '--server', adminUrl],
  );
  if (exitCode !== 0) throw new Error(`lifeboat snapshot ended with ${String(exitCode)}: ${stderr}`);
  return held(JSON.parse(stdout) as Snapshot);
}
