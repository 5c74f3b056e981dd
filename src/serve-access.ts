/** The part of the composition root that joins the files that say who may connect to the xDS server and the log. */
import type { Logger } from 'pino';
import { type AccessFiles, followAccessFiles, readAccessFiles } from './access/access-files.js';
import { ClientAccess } from './access/client-access.js';
import { toClient } from './control-plane/clients/client.js';
import type { Authenticator } from './xds/index.js';

export interface FollowedAccess {
  readonly authenticate: Authenticator;
  /** Reads the files again. */
  reload(): Promise<void>;
  close(): void;
}

/** @throws AccessFileError if a file cannot be used. */
export async function startAccess(files: AccessFiles, logger: Logger): Promise<FollowedAccess> {
  const read = await readAccessFiles(files);
  const access = new ClientAccess(read.rules, toClient);
  const followed = followAccessFiles(
    read,
    (rules, path) => {
      access.update(rules);
      logger.info({ path }, 'changed rules of who may connect are in use');
    },
    (err) =>
      logger.error({ err }, 'a file of who may connect changed and cannot be used; the previous rules stay in use'),
  );
  return {
    authenticate: access.authenticate,
    reload: async () => {
      await Promise.all(followed.map((file) => file.reload()));
    },
    close: () => followed.forEach((file) => file.close()),
  };
}
