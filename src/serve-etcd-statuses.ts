/**
 * The part of the composition root that writes the statuses of the documents in etcd beside them. One control plane at a time does; all others
 * only serve.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { ResourceReport } from './control-plane/api/api.js';
import type { ControlPlane } from './control-plane/control-plane.js';
import type { StatusWriting } from './serve.js';
import { createRepeatLog } from './logging/repeat-log.js';
import { EtcdConnection } from './source/etcd/connection.js';
import { Election } from './source/etcd/election.js';
import { KeptTexts } from './source/etcd/kept-texts.js';
import { fileOfKey, keyOfResource, statusPrefix, writerKey } from './source/etcd/keys.js';
import type { WatchedEtcd } from './source/index.js';
import { runInBackground } from './turns/run-in-background.js';
import { SparingPasses } from './turns/sparing-passes.js';

/** Least milliseconds between two comparisons of all statuses with those in etcd. */
const INTERVAL = 1_000;
/** Milliseconds after which they are compared without a change of a document: what Envoys say changes statuses too. */
const HEARTBEAT = 5_000;

export interface EtcdStatusOptions {
  readonly controlPlane: Pick<ControlPlane, 'reportsInSteps'>;
  readonly logger: Logger;
  /** Whether all documents of etcd are in force. Before, statuses would be taken for those of documents that are gone. */
  readonly isLoaded: () => boolean;
}

export function startEtcdStatuses({ servers, prefix }: WatchedEtcd, options: EtcdStatusOptions): StatusWriting {
  const { controlPlane, isLoaded, logger } = options;
  const connection = new EtcdConnection(servers);
  const texts = new KeptTexts(connection, statusPrefix(prefix));
  const log = createRepeatLog(logger);
  const tellProblem = (problem: Error | undefined): void => {
    log('etcd', problem && `The statuses cannot be written to etcd (${problem.message}). It is tried again.`);
  };
  let isClosed = false;
  const election = new Election(connection, {
    key: writerKey(prefix),
    identity: `${hostname()} ${randomUUID()}`,
    onProblem: tellProblem,
    onHolding: (holds) => {
      logger.info(holds ? 'writes the statuses to etcd' : 'does not write the statuses to etcd any more');
      texts.forget();
      if (holds) passes.request();
    },
  });
  const ours = fileOfKey(prefix);
  const write = async (): Promise<void> => {
    const { guard } = election;
    if (guard === undefined || !isLoaded()) return;
    const reports = await runInBackground(controlPlane.reportsInSteps((file) => file.startsWith(ours)));
    const current = new Map(
      reports.map((report) => [`${statusPrefix(prefix)}${keyOfResource(report.ref)}`, textOf(report)]),
    );
    if (!isClosed && !(await texts.replace(current, guard))) election.lost();
  };
  const passes = new SparingPasses({
    ...{ leastMs: INTERVAL, mostMs: HEARTBEAT },
    pass: () =>
      write().then(
        () => tellProblem(undefined),
        (error: unknown) => {
          if (!isClosed) tellProblem(error instanceof Error ? error : new Error(String(error)));
        },
      ),
  });
  const taking = election.run();
  return {
    changed: () => passes.request(),
    close: async () => {
      isClosed = true;
      texts.close();
      await passes.close();
      await election.close();
      await taking;
      await connection.abandon();
    },
  };
}

function textOf({ apiVersion, ref: { kind, name, namespace }, generation, status }: ResourceReport): string {
  const metadata = { name, ...(namespace !== '' && { namespace }), generation };
  return `${JSON.stringify({ apiVersion, kind, metadata, status }, null, 2)}\n`;
}
