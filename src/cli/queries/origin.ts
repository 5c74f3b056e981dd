/** The origin of an answer: files, without a server, or a running control plane. */
import type { ControlPlaneApi } from '../../control-plane/api/api.js';
import { adminClient, type AdminClient } from './admin-client.js';
import { CliError } from '../output/cli-error.js';
import type { Invocation } from '../command/command.js';
import { writeFindings } from '../output/finding-lines.js';
import { loadPaths } from './load-paths.js';
import type { ReadLimitFlags } from '../options/read-limit-flags.js';
import type { ServerFlags } from '../options/server-flags.js';
import { PRECEDENCE } from '../options/settings.js';

export interface OriginFlags extends ServerFlags, ReadLimitFlags {
  readonly config?: readonly string[];
}

/** The queries that both files and servers can answer. */
export type Origin = Pick<AdminClient, 'snapshot' | 'explain' | 'hostnames' | 'hostnameAddresses'>;

/**
 * Chooses between `--config` and `--server` by precedence: flag, environment, settings file. Errors in files are written to
 * stderr; they do not end the command.
 * @throws CliError (usage) if both have the same precedence, or a path does not exist.
 */
export async function originOf(invocation: Invocation<OriginFlags>): Promise<Origin> {
  const { values, ports, terminal } = invocation;
  if (values.config === undefined || !prefersConfig(invocation)) return adminClient(values, ports.version);
  const controlPlane = await loadPaths(values.config, '--config', { ports, terminal, values });
  const errors = controlPlane.findings().filter((finding) => finding.severity === 'error');
  await writeFindings(errors, terminal.stderr, terminal.env);
  return fromFiles(controlPlane);
}

function prefersConfig({ sourceOf }: Invocation<OriginFlags>): boolean {
  const [config, server] = [PRECEDENCE.indexOf(sourceOf('config')), PRECEDENCE.indexOf(sourceOf('server'))];
  if (config === server) throw new CliError('usage', 'Give either --config or --server, not both.');
  return config > server;
}

function fromFiles(controlPlane: ControlPlaneApi): Origin {
  return {
    snapshot: (query) => Promise.resolve(controlPlane.snapshot(query)),
    explain: (query) => {
      const result = controlPlane.explain(query);
      if (!('error' in result)) return Promise.resolve(result);
      return Promise.reject(new CliError(result.reason === 'ambiguous' ? 'usage' : 'failed', result.error));
    },
    hostnames: () => Promise.resolve(controlPlane.hostnames()),
    hostnameAddresses: (query) => Promise.resolve(controlPlane.hostnameAddresses(query)),
  };
}
