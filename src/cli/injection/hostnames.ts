/** Which hostnames get a host alias: those of `--hostname`, and those of the files or the server. */
import { isIP } from 'node:net';
import type { HostnameAddress } from '../../control-plane/api/api.js';
import type { Invocation } from '../command/command.js';
import type { DescribedNode } from '../options/node-flags.js';
import { CliError } from '../output/cli-error.js';
import { addressOfEnvoy, hostEntries, isIntercepted } from '../queries/host-entries.js';
import { type Origin, originOf } from '../queries/origin.js';
import type { InjectFlags } from './flags.js';

/** What Kubernetes admits in `hostAliases`. */
const HOSTNAME = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;

export interface Hostnames {
  readonly entries: readonly HostnameAddress[];
  /** Hostnames that cannot have an alias, such as wildcards. */
  readonly refused: readonly string[];
}

/** Nobody is asked if `--hostname` names them all. */
export function originOfHostnames(invocation: Invocation<InjectFlags>): Promise<Origin> | undefined {
  const { sourceOf, values } = invocation;
  const isAsked = values.config !== undefined || sourceOf('server') === 'cli';
  return values.hostname === undefined || isAsked ? originOf(invocation) : undefined;
}

/** @throws CliError (usage) for a flag that is not a hostname. */
export async function aliasedHostnames(
  { values }: Invocation<InjectFlags>,
  node: DescribedNode,
  origin: Origin | undefined,
): Promise<Hostnames> {
  const given = (values.hostname ?? []).map(checked);
  if (given.length > 0 && isIntercepted(node))
    throw new CliError(
      'usage',
      '--hostname cannot be used with --interception redirect: --config or --server has the addresses of the hostnames.',
    );
  const address = addressOfEnvoy(values);
  const found = origin === undefined ? [] : await hostEntries(node, values, origin);
  const all = [...given.map((hostname) => ({ hostname, address })), ...found.map(inLowerCase)];
  const entries = all.filter(({ hostname }, index) => all.findIndex((entry) => entry.hostname === hostname) === index);
  const isAdmitted = ({ hostname }: HostnameAddress): boolean => HOSTNAME.test(hostname) && isIP(hostname) === 0;
  return {
    entries: entries.filter(isAdmitted),
    refused: entries.filter((entry) => !isAdmitted(entry)).map(({ hostname }) => hostname),
  };
}

function inLowerCase({ hostname, address }: HostnameAddress): HostnameAddress {
  return { hostname: hostname.toLowerCase(), address };
}

function checked(hostname: string): string {
  const name = hostname.toLowerCase();
  if (HOSTNAME.test(name) && isIP(name) === 0) return name;
  throw new CliError('usage', `--hostname ${hostname}: must be a DNS name without a port.`);
}
