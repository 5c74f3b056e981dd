/** The flags that say how an Envoy connects, shared by the commands that write bootstraps. Each call makes a new flag. */
import { formatAddress, type SocketAddress } from '../../admin/queries/text-forms.js';
import { CliError } from '../output/cli-error.js';
import { flagAddress } from './flag-address.js';
import { Flag, type FlagOptions } from './flag.js';

/** `node.cluster` if none is given; Envoy does not start without one. */
export const UNKNOWN_CLUSTER = 'unknown';
/** The default admin address of an Envoy, as in Envoy's documentation. */
const DEFAULT_ENVOY_ADMIN_ADDRESS = '127.0.0.1:9901';

export function xdsAddressFlag(options: FlagOptions): Flag {
  const description = 'xDS address of a control plane; repeatable: Envoy tries them in order';
  return new Flag('--xds-address <host:port...>', description, options);
}

/** Not --admin-address: that is the control plane's address, in the environment and the settings file too. */
export function envoyAdminFlag(): Flag {
  return new Flag('--envoy-admin-address <host:port>', "the Envoy's own admin address", {
    default: DEFAULT_ENVOY_ADMIN_ADDRESS,
  });
}

export function sotwFlag(): Flag {
  return new Flag('--sotw', 'use state-of-the-world xDS instead of incremental xDS');
}

/** @throws CliError (usage) for an invalid address, and for one that is given twice. */
export function xdsAddresses(texts: readonly string[]): readonly [SocketAddress, ...SocketAddress[]] {
  const [first, ...others] = texts.map((text) => connectable(flagAddress('--xds-address', text)));
  if (first === undefined) throw new CliError('usage', 'The flag --xds-address needs an address.');
  const addresses = [first, ...others] as const;
  const known = addresses.map(formatAddress);
  const twice = known.find((text, index) => known.indexOf(text) !== index);
  if (twice !== undefined) throw new CliError('usage', `--xds-address ${twice} is given more than once.`);
  return addresses;
}

function connectable(address: SocketAddress): SocketAddress {
  if (address.port !== 0) return address;
  throw new CliError('usage', `--xds-address ${formatAddress(address)}: an Envoy cannot connect to port 0.`);
}
