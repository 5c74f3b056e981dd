/** A connection to etcd for one command. Loaded on demand: gRPC takes longer to load than other commands to run. */
import type { EtcdChange, EtcdListing } from '../../source/etcd/client.js';
import { type EtcdFlags, watchedEtcdOf } from '../options/etcd-flags.js';
import { CliError } from '../output/cli-error.js';

/** Where etcd is, if no flag says so. */
export const DEFAULT_ETCD_ENDPOINT = '127.0.0.1:2379';

export interface EtcdSession {
  /** What the keys of the documents begin with. */
  readonly prefix: string;
  list(prefix: string): Promise<EtcdListing>;
  /** Up to 100 changes, and 1 MiB, are applied at once. */
  apply(changes: readonly EtcdChange[]): Promise<void>;
}

/** @throws CliError: unreachable if no endpoint answers, failed if etcd refuses; usage as {@link watchedEtcdOf} */
export async function withEtcd<Result>(
  flags: EtcdFlags,
  action: (session: EtcdSession) => Promise<Result>,
): Promise<Result> {
  const watched = await watchedEtcdOf({ ...flags, etcd: flags.etcd ?? [DEFAULT_ETCD_ENDPOINT] });
  if (watched === undefined) throw new CliError('usage', '--etcd: names no endpoint.');
  const [{ EtcdConnection }, { commitChanges, listPrefix, portionsOf }, { EtcdError, isUnreachable }] =
    await Promise.all([
      import('../../source/etcd/connection.js'),
      import('../../source/etcd/client.js'),
      import('../../source/etcd/etcd-error.js'),
    ]);
  const connection = new EtcdConnection(watched.servers, { first: 0 });
  try {
    return await action({
      prefix: watched.prefix,
      list: (prefix) => listPrefix(connection, prefix),
      apply: async (changes) => {
        for (const portion of portionsOf(changes)) await commitChanges(connection, portion);
      },
    });
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    if (!isUnreachable(error)) throw new CliError('failed', `etcd refused: ${error.message}.`, { cause: error });
    throw new CliError('unreachable', `etcd cannot be reached: ${error.message}.`, { cause: error });
  } finally {
    await connection.abandon();
  }
}
