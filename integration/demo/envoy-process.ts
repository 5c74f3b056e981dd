/**
 * A real Envoy as a process.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootstrap, envoyArguments, type BootstrapOptions } from '../../envoy/bootstrap.js';
import { runProgram, type RunningProgram } from '../support/processes/child-process.js';
import { EnvoyAdmin } from '../support/envoys/envoy-admin.js';
import { eventually } from '../support/processes/eventually.js';

export interface EnvoyProcess {
  readonly id: string;
  readonly admin: EnvoyAdmin;
  readonly program: RunningProgram;
}

/** Starts an Envoy and waits until it serves. Writes its bootstrap into `directory`. */
export async function startEnvoy(binary: string, directory: string, options: BootstrapOptions): Promise<EnvoyProcess> {
  const file = join(directory, `${options.node.id.replaceAll(/[^\w.-]/g, '_')}.json`);
  await writeFile(file, JSON.stringify(bootstrap(options), undefined, 2));
  const program = runProgram(binary, envoyArguments(file));
  const admin = new EnvoyAdmin(options.admin);
  const up = await eventually(async () => program.ended() ?? (await admin.ready()), {
    what: `Envoy ${options.node.id} is ready`,
  });
  if (up !== true) throw new Error(`Envoy ${options.node.id} ended with ${up}: ${program.output.slice(-5).join('\n')}`);
  return { id: options.node.id, admin, program };
}
