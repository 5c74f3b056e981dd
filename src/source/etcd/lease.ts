/** Leases: keys that disappear unless their owner says again and again that it lives. https://etcd.io/docs/v3.5/learning/api/#lease-api */
import { randomInt } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { type EtcdConnection, PATIENCE_MS } from './connection.js';
import { EtcdError } from './etcd-error.js';
import { METHODS } from './messages.js';

/** Ids are chosen here, below 2^48, so that they are exact as numbers. */
const LARGEST_ID = 2 ** 48 - 1;

/** @returns its id. @throws EtcdError */
export async function grantLease(connection: EtcdConnection, seconds: number): Promise<number> {
  const { ID } = await connection.askAny(METHODS.leaseGrant, { TTL: seconds, ID: randomInt(1, LARGEST_ID) });
  return ID;
}

export async function revokeLease(connection: EtcdConnection, id: number): Promise<void> {
  await connection.ask(METHODS.leaseRevoke, { ID: id });
}

/** @returns the seconds that it lives from now on; 0: it does not exist any more. @throws EtcdError, also without an answer in time */
export async function keepLease(
  connection: EtcdConnection,
  id: number,
  patienceMs: number = PATIENCE_MS,
): Promise<number> {
  const stream = await connection.stream(METHODS.leaseKeepAlive);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<number>((resolve, reject) => {
      const late = new EtcdError(status.DEADLINE_EXCEEDED, 'no answer in time');
      timer = setTimeout(() => reject(late), patienceMs);
      stream.on('data', ({ TTL }: { readonly TTL: number }) => resolve(TTL));
      stream.on('error', reject);
      stream.on('end', () => reject(new EtcdError(status.UNAVAILABLE, 'etcd ended the stream')));
      stream.write({ ID: id });
    });
  } catch (error) {
    throw await connection.failed(error);
  } finally {
    clearTimeout(timer);
    stream.on('error', () => undefined);
    stream.cancel();
  }
}
