/** Addresses on the loopback interface that an EndpointSlice may have, which loopback addresses are not. */
import { ensureCommand } from '../processes/debian-package.js';
import { outputOf } from './programs.js';

/** Returns a function that takes the address away again. */
export async function addAddress(address: string): Promise<() => Promise<unknown>> {
  await ensureCommand('ip', 'iproute2');
  await outputOf('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
  return () => outputOf('ip', ['address', 'delete', `${address}/32`, 'dev', 'lo']);
}
