/**
 * The part of the composition root that writes statuses and events to the management cluster. Of several replicas, the one that holds the
 * Lease writes.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { addKubernetesMetrics } from './admin/metrics/kubernetes-metrics.js';
import type { ControlPlane } from './control-plane/control-plane.js';
import { ApiConnection } from './api-server/client/api-connection.js';
import { Leadership } from './api-server/leadership/lease.js';
import { leaseStore } from './api-server/leadership/lease-store.js';
import { EventRecorder } from './api-server/statuses/event-recorder.js';
import type { StatusOnServer } from './api-server/statuses/on-server.js';
import { StatusWriter } from './api-server/statuses/status-writer.js';
import type { KubernetesWrites, StatusWriting } from './serve.js';
import { createRepeatLog } from './logging/repeat-log.js';
import { runInBackground } from './turns/run-in-background.js';
import { SparingPasses } from './turns/sparing-passes.js';

/** The Lease of the replica that writes. */
const LEASE = 'lifeboat';
/** Least milliseconds between two comparisons of all statuses with those on the server. */
const INTERVAL = 1_000;
/** Milliseconds after which they are compared without a change: proxies come and go. */
const HEARTBEAT = 5_000;

interface Parts {
  readonly controlPlane: ControlPlane;
  /** The objects on the server now, by the names that findings use. */
  readonly onServer: () => ReadonlyMap<string, StatusOnServer>;
  readonly registry: Registry;
  readonly logger: Logger;
}

export function startKubernetesStatuses(writes: KubernetesWrites, parts: Parts): StatusWriting {
  const { controlPlane, onServer, registry, logger } = parts;
  const connection = new ApiConnection(writes.config);
  const identity = `${hostname()}_${randomUUID()}`;
  const log = createRepeatLog(logger);
  const leadership = new Leadership(leaseStore(connection, writes.namespace, LEASE), {
    identity,
    onChange: (isLeader) => {
      logger.info(
        { lease: `${writes.namespace}/${LEASE}`, identity },
        isLeader ? LEADS : 'another replica may write statuses now',
      );
      if (isLeader) passes.request();
    },
    onProblem: (problem) => {
      log(
        'lease',
        problem &&
          `The Lease ${writes.namespace}/${LEASE} cannot be held, so no statuses are written: ${problem.message}`,
      );
    },
  });
  const counters = addKubernetesMetrics(registry, () => leadership.remainingMs > 0);
  const writer = new StatusWriter({
    ...{ connection, onServer, writesPerSecond: writes.writesPerSecond },
    events: new EventRecorder(connection, identity),
    remainingMs: () => leadership.remainingMs,
    onProblem: (problem, { kind, namespace, name }) => {
      counters.failed();
      log(
        `${kind} ${namespace ?? ''}/${name}`,
        `The status of ${kind} ${namespace ?? ''}/${name}, or an event about it, cannot be written: ${problem.message}`,
      );
    },
    onWritten: counters.written,
  });
  const passes = new SparingPasses({
    ...{ leastMs: INTERVAL, mostMs: HEARTBEAT },
    pass: async () => {
      if (leadership.remainingMs <= 0 || !controlPlane.ready()) return;
      const asked = onServer();
      try {
        writer.take(await runInBackground(controlPlane.reportsInSteps((file) => asked.has(file))));
      } catch (err) {
        logger.error({ err }, 'the statuses could not be computed');
      }
    },
  });
  const leading = leadership.run();
  return {
    changed: () => passes.request(),
    close: async () => {
      await passes.close();
      await writer.close();
      leadership.close();
      await leading;
    },
  };
}

const LEADS = 'this replica writes statuses';
