/**
 * The part of the composition root that writes the statuses of the documents in etcd beside them. One control plane at a time does; all others
 * only serve.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { refOfDocument } from './api/kinds.js';
import { type ResourceKey, resourceKey } from './api/resource.js';
import type { ControlPlaneApi, ResourceWithStatus } from './control-plane/api/api.js';
import { coalesced } from './logging/coalesced.js';
import { EtcdConnection } from './source/etcd/connection.js';
import { Election } from './source/etcd/election.js';
import { KeptTexts } from './source/etcd/kept-texts.js';
import { keyOfResource, statusPrefix, writerKey } from './source/etcd/keys.js';
import type { ResourceBatch, WatchedEtcd } from './source/index.js';
import { runInBackground } from './turns/run-in-background.js';

/** Milliseconds from one look at all statuses to the next at least. */
const SHORTEST_INTERVAL = 1_000;
/** The same at most: what Envoys say changes statuses without a change of a document. */
const LONGEST_INTERVAL = 5_000;

export interface EtcdStatuses {
  /** Documents of etcd have changed. Nothing is written before the first batch. */
  take(batch: ResourceBatch): void;
  /** Statuses may have changed. */
  changed(): void;
  /** Ends writing, and lets another control plane begin. */
  close(): Promise<void>;
}

export interface EtcdStatusOptions {
  readonly controlPlane: Pick<ControlPlaneApi, 'resourcesInSteps'>;
  readonly logger: Logger;
  /** Whether the resources are complete. */
  readonly isReady: () => boolean;
}

export function startEtcdStatuses({ servers, prefix }: WatchedEtcd, options: EtcdStatusOptions): EtcdStatuses {
  const { controlPlane, isReady, logger } = options;
  const connection = new EtcdConnection(servers);
  const texts = new KeptTexts(connection, statusPrefix(prefix));
  const tellProblem = problemLog(logger);
  let declared: Set<ResourceKey> | undefined;
  let running: Promise<void> | undefined;
  let isClosed = false;
  const election = new Election(connection, {
    key: writerKey(prefix),
    identity: `${hostname()} ${randomUUID()}`,
    onProblem: tellProblem,
    onHolding: (holds) => {
      logger.info(holds ? 'writes the statuses to etcd' : 'does not write the statuses to etcd any more');
      texts.forget();
      if (holds) look.request();
    },
  });
  const write = async (): Promise<void> => {
    const { guard } = election;
    if (guard === undefined || declared === undefined || !isReady()) return;
    const resources = await runInBackground(controlPlane.resourcesInSteps({ written: true }));
    const current = new Map(resources.flatMap((resource) => textOf(resource, declared ?? new Set(), prefix)));
    if (!isClosed && !(await texts.replace(current, guard))) election.lost();
  };
  const look = coalesced(() => {
    if (running !== undefined || isClosed) return;
    running = write()
      .catch((error: unknown) => {
        if (!isClosed) tellProblem(error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => (running = undefined));
  }, SHORTEST_INTERVAL);
  const timer = setInterval(() => look.request(), LONGEST_INTERVAL).unref();
  const taking = election.run();
  return {
    take: ({ upserts, deletes }) => {
      declared ??= new Set();
      for (const raw of upserts) declared.add(resourceKey(refOfDocument(raw)));
      for (const ref of deletes) declared.delete(resourceKey(ref));
    },
    changed: () => look.request(),
    close: async () => {
      isClosed = true;
      clearInterval(timer);
      look.stop();
      texts.close();
      await running;
      await election.close();
      await taking;
      await connection.abandon();
    },
  };
}

/** The key and the text of a status; nothing for a resource that is not in etcd, or has no status. */
function textOf(
  { apiVersion, kind, metadata, status }: ResourceWithStatus,
  declared: ReadonlySet<ResourceKey>,
  prefix: string,
): readonly (readonly [string, string])[] {
  const {
    name,
    namespace = '',
    annotations,
  } = metadata as ResourceWithStatus['metadata'] & {
    readonly annotations?: Readonly<Record<string, string>>;
  };
  const ref = refOfDocument({
    apiVersion,
    kind,
    metadata: { name, namespace, labels: {}, annotations: annotations ?? {} },
  });
  if (status === undefined || !declared.has(resourceKey(ref))) return [];
  const about = { name, ...(namespace !== '' && { namespace }), generation: metadata['generation'] };
  const text = `${JSON.stringify({ apiVersion, kind, metadata: about, status }, null, 2)}\n`;
  return [[`${statusPrefix(prefix)}${keyOfResource(ref)}`, text]];
}

/** Logs a problem once, until it is over or another one. */
function problemLog(logger: Logger): (problem: Error | undefined) => void {
  let known: string | undefined;
  return (problem) => {
    const message = problem?.message;
    if (message === known) return;
    known = message;
    if (message === undefined) logger.info('etcd takes statuses again');
    else logger.warn(`The statuses cannot be written to etcd (${message}). It is tried again.`);
  };
}
