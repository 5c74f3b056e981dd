/**
 * Envoy as a process instead of a container: for tests in a separate network namespace, which the containers' network does not reach.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootstrap, envoyArguments } from '../../../envoy/bootstrap.js';
import type { ControlPlane } from '../processes/control-plane.js';
import { EnvoyAdmin } from './envoy-admin.js';
import { eventually } from '../processes/eventually.js';
import { runProgram } from '../processes/child-process.js';

export interface EnvoyProcessOptions {
  readonly binary: string;
  /** The directory for its bootstrap. */
  readonly scratch: string;
  readonly plane: ControlPlane;
  /** Its `node.id`, and the name of its bootstrap. */
  readonly id: string;
  /** Its site, which is also its region. */
  readonly cluster: string;
  /** The port of the admin address, on 127.0.0.1. */
  readonly adminPort: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** A command that runs Envoy: `setpriv --regid=7 --clear-groups`. Default: none. */
  readonly by?: readonly string[];
}

/** Ready, and up to date. It ends with this process. */
export async function startEnvoyProcess(options: EnvoyProcessOptions): Promise<EnvoyAdmin> {
  const { binary, scratch, plane, id, cluster, adminPort, metadata = {}, by = [] } = options;
  const admin = { address: '127.0.0.1', port: adminPort };
  const node = { id, cluster, locality: { region: cluster }, metadata: { CLUSTER_ID: cluster, ...metadata } };
  const file = join(scratch, `${id.replaceAll(/[^a-z0-9-]/gi, '-')}.json`);
  await writeFile(file, JSON.stringify(bootstrap({ node, xds: plane.xds, admin })));
  const [command = binary, ...args] = [...by, binary, ...envoyArguments(file)];
  const program = runProgram(command, args);
  const up = await eventually(async () => program.ended() ?? (await new EnvoyAdmin(admin).ready()), {
    what: `Envoy ${id} is ready`,
  });
  if (up !== true) throw new Error(`Envoy ${id} ended with ${String(up)}: ${program.output.slice(-10).join('\n')}`);
  await plane.synced(id);
  return new EnvoyAdmin(admin);
}
