/**
 * The addresses and ports of the demo on loopback. They are free on this machine.
 */
import { canBind, claimDemoBlock, freePort, type AddressBlock } from '../support/processes/addresses.js';

/** The port of all Bookinfo services. */
export const SERVICE_PORT = 9080;

/** The prefix of the addresses in the example's files. */
export const EXAMPLE_PREFIX = '127.20';

export interface Layout {
  readonly block: AddressBlock;
  /**
   * Added to {@link SERVICE_PORT} for applications and listeners. 0 unless another process listens on this port on all addresses.
   */
  readonly portOffset: number;
  /** The ports of the control plane. */
  readonly ports: { readonly xds: number; readonly admin: number };
  /** An address by its last two octets: `at('1.2')`. */
  at(host: string): string;
}

/** Claims a free block of addresses; released with the process. */
export async function findLayout(): Promise<Layout> {
  const block = await claimDemoBlock();
  const at = (host: string): string => `${block.prefix}.${host}`;
  const portOrFree = async (port: number): Promise<number> => ((await canBind(at('0.1'), port)) ? port : freePort());
  return {
    block,
    portOffset: (await portOrFree(SERVICE_PORT)) - SERVICE_PORT,
    ports: { xds: await portOrFree(18_000), admin: await portOrFree(18_001) },
    at,
  };
}
