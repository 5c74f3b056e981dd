/**
 * The composition root: the only place that knows every part. Wires files, control plane, xDS and admin address together and
 * takes them apart again; what they do is theirs.
 */
import process from 'node:process';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Readiness } from './admin/routes/health-routes.js';
import { addLoadMetrics } from './admin/metrics/load-metrics.js';
import { createRegistry } from './admin/metrics/registry.js';
import { addStateMetrics } from './admin/metrics/state-metrics.js';
import { type SocketAddress, formatAddress } from './admin/queries/text-forms.js';
import { type XdsMetrics, addDroppedConnections, addXdsMetrics } from './admin/metrics/xds-metrics.js';
import { AddressError, type RunningServer, type ServerOptions, type StatusWriting } from './serve.js';
import type { ControlPlaneApi } from './control-plane/api/api.js';
import { type ConnectionLimits, connectionLimits } from './file-descriptors.js';
import { collectGarbage } from './collect-garbage.js';
import { type ControlPlane, createControlPlane } from './control-plane/control-plane.js';
import {
  type SourceState,
  createSourceState,
  loadReadiness,
  sourceHealth,
  startSources,
  wasRead,
} from './serve-sources.js';
import { type ServedAdmin, serveAdmin } from './serve-admin.js';
import { startAccess } from './serve-access.js';
import { startEtcdStatuses } from './serve-etcd-statuses.js';
import { startFindingLog } from './serve-findings.js';
import { type KeptState, keepState } from './serve-state.js';
import { startKubernetesStatuses } from './serve-kubernetes-statuses.js';
import { type FollowedTls, followTls } from './serve-tls.js';
import { readTlsFiles } from './tls/tls-files.js';
import { coalesced } from './logging/coalesced.js';
import { createProxyLog } from './logging/proxy-log.js';
import { type ConfigPath, type FileSource, type ReadFilesOptions, fileOfKey, readFiles } from './source/index.js';
import { LIMIT_NAMES, MAX_GRPC_MESSAGE, type OversizedResponse, type XdsEvents, shortId } from './xds/index.js';

/** Time for Envoys to move to another control plane when the process ends, in milliseconds. */
const DRAIN_GRACE = 10_000;
/** Milliseconds between two lines about connections that are closed for want of descriptors. */
const DROP_LOG_INTERVAL = 60_000;
/** Connected nodes are all looked at when one comes or goes, at most this often, in milliseconds. */
const NODE_LOG_INTERVAL = 1_000;
/** Minimum interval between comparisons of all nodes after resources change, in milliseconds. */
const SURROUNDINGS_LOG_INTERVAL = 5_000;

/** Reads files and directories once and computes everything from them. Nothing stays open. */
export function load(paths: readonly (string | ConfigPath)[], options?: ReadFilesOptions): Promise<ControlPlaneApi> {
  const controlPlane = createControlPlane();
  const { findings, resources } = readFiles(paths, options);
  controlPlane.apply({ upserts: resources, deletes: [], findings, newFindings: findings });
  return Promise.resolve(controlPlane);
}

/**
 * Starts the control plane: both addresses listen when this resolves, and all files were read once.
 * @throws AddressError when an address cannot be listened on.
 */
export async function serve(options: ServerOptions): Promise<RunningServer> {
  const { isolateNacks, limits, logger } = options;
  const access = options.access && (await startAccess(options.access, logger));
  const registry = createRegistry({ version: options.version, nodeVersion: process.version });
  const measured = {
    limits: LIMIT_NAMES,
    rememberedBytes: () => controlPlane.xds.stats().rememberedBytes,
    waiting: () => {
      const { awaitingAdmission, awaitingPreparation } = controlPlane.xds.stats();
      return { admission: awaitingAdmission, preparation: awaitingPreparation };
    },
  };
  const controlPlane = createControlPlane({
    onRowError: (table, key, error) => logger.error({ err: error, table, key }, 'a row could not be computed'),
    xds: {
      events: xdsEvents(addXdsMetrics(registry, measured), logger, () => nodeLog.request()),
      ...(access && { authenticate: access.authenticate }),
      isolateNacks,
      logger,
      ...(limits && { limits: limits.streams }),
    },
    shrinkGraceMs: options.allowEmpty ? 0 : options.shrinkGraceMs,
    onExpired: () => {
      findingLog.request();
      surroundingsLog.request();
    },
    loadReports: { intervalMs: options.loadReportIntervalMs, ...addLoadMetrics(registry) },
    onFirstLoad: () => {
      // Reading leaves as much garbage as there is to keep. Without it, what a fleet needs at once need not come from the machine.
      collectGarbage();
      controlPlane.warmUp();
    },
  });
  const logNodes = createProxyLog(logger);
  const nodeLog = coalesced(() => logNodes(controlPlane.proxyFindings()), NODE_LOG_INTERVAL);
  const state = { isDraining: false };
  const sourceState = createSourceState();
  const kept = await keepState(options.stateDirectory, logger);
  const readiness = (): Readiness =>
    state.isDraining
      ? { ready: false, reason: 'Shutting down.' }
      : whileNotOverloaded(loadReadiness(sourceState, kept.problems()), controlPlane.xds.overload());
  addStateMetrics(registry, {
    controlPlane,
    shrinkage: () => controlPlane.shrinkage(),
    state: () => kept.health(),
    sources: () => sourceHealth(sourceState),
  });
  const sockets = connectionLimits();
  const admin = await serveAdmin(options, {
    controlPlane,
    registry,
    readiness,
    ...(sockets && { maxConnections: sockets.admin }),
  });
  const tls = await startXds(options, controlPlane, registry, sockets);
  const findingLog = startFindingLog(controlPlane, logger);
  const surroundingsLog = coalesced(() => logNodes(controlPlane.proxyFindings()), SURROUNDINGS_LOG_INTERVAL);
  const writers = startWriters(options, { controlPlane, sourceState, registry });
  const source = await startSources(options, controlPlane, sourceState, {
    earlier: kept.earlier,
    onApplied: () => {
      findingLog.request();
      surroundingsLog.request();
      kept.changed();
      for (const writer of writers) writer.changed();
    },
    onStatuses: () => {
      for (const writer of writers) writer.changed();
    },
  });
  kept.follow(source);
  return {
    reload: async () => {
      await Promise.all([source.reload(), tls?.reload(), access?.reload(), admin.reload()]);
    },
    drain: once(() => drain({ controlPlane, source, admin, followed: [tls, access], state, kept, writers })),
  };
}

interface Observed {
  readonly controlPlane: ControlPlane;
  readonly sourceState: SourceState;
  readonly registry: Registry;
}

/** Starts what writes statuses to where the resources come from. */
function startWriters(
  { etcd, kubernetesWrites, logger }: ServerOptions,
  { controlPlane, sourceState, registry }: Observed,
): readonly StatusWriting[] {
  const writers: StatusWriting[] = [];
  if (kubernetesWrites !== undefined) {
    const onServer = (): SourceState['statuses'] => sourceState.statuses;
    writers.push(startKubernetesStatuses(kubernetesWrites, { controlPlane, registry, logger, onServer }));
  }
  if (etcd?.writesStatuses === true) {
    const isLoaded = (): boolean => wasRead(sourceState, fileOfKey(etcd.prefix));
    writers.push(startEtcdStatuses(etcd, { controlPlane, logger, isLoaded }));
  }
  return writers;
}

/** A process that refuses clients is not ready for them. */
function whileNotOverloaded(readiness: Readiness, overload: string | undefined): Readiness {
  return readiness.ready && overload !== undefined ? { ready: false, reason: `Overloaded: ${overload}.` } : readiness;
}

async function startXds(
  { limits, logger, tls: files, transport, xdsAddress }: ServerOptions,
  { xds }: ControlPlane,
  registry: Registry,
  sockets: ConnectionLimits | undefined,
): Promise<FollowedTls | undefined> {
  const tls = files && (await readTlsFiles(files, Date.now()));
  const listener = await xds
    .listen(formatAddress(xdsAddress), {
      transport,
      ...limits?.connections,
      ...(tls && { tls }),
      ...(sockets && { maxConnections: sockets.xds, onDropped: dropLog(sockets, registry, logger) }),
    })
    .catch((error: unknown) => {
      throw new AddressError(xdsAddress, '--xds-address', error);
    });
  const address = { host: xdsAddress.host, port: listener.port };
  logger.info({ xdsAddress: formatAddress(address), ...published(address), transport }, 'xDS server listens');
  return files && tls && followTls(files, tls, listener, { logger, registry, name: 'xds' });
}

/** Counts connections that are closed for want of descriptors, and says so once a minute. */
function dropLog({ descriptors, xds }: ConnectionLimits, registry: Registry, logger: Logger): () => void {
  const count = addDroppedConnections(registry);
  let silentUntil = -Infinity;
  return () => {
    count();
    if (performance.now() < silentUntil) return;
    silentUntil = performance.now() + DROP_LOG_INTERVAL;
    logger.warn(
      { connections: xds, descriptors },
      `A connection to the xDS address was closed at once: ${xds} are open, and the others of the ${descriptors} file descriptors are kept for files and the admin address. Raise the limit (ulimit -n, LimitNOFILE), or add replicas.`,
    );
  };
}

function published({ host, port }: SocketAddress): { readonly address: string; readonly port: number } {
  return { address: host, port };
}

interface Parts {
  readonly controlPlane: ControlPlane;
  readonly source: FileSource;
  readonly admin: ServedAdmin;
  /** Files besides the resources. */
  readonly followed: readonly ({ close(): void } | undefined)[];
  readonly state: { isDraining: boolean };
  readonly kept: KeptState;
  /** What writes statuses. */
  readonly writers: readonly StatusWriting[];
}

/** Closes the admin address last, so that probes still see that this process is not ready. */
async function drain({ admin, controlPlane, writers, kept, source, followed, state }: Parts): Promise<void> {
  state.isDraining = true;
  for (const files of followed) files?.close();
  // A server that does not answer must not delay the rest.
  const statusesClosed = Promise.all(writers.map((writer) => writer.close()));
  await source.close();
  await kept.close();
  await controlPlane.xds.drain(DRAIN_GRACE);
  await statusesClosed;
  await admin.close();
}

/** Counts the events of streams, and logs some of them. */
function xdsEvents(metrics: XdsMetrics, logger: Logger, nodesChanged: () => void): XdsEvents {
  return {
    connected: ({ node, peer, principal }) => {
      metrics.connected();
      logger.info({ node: node.id, peer, ...(principal && { principal: principal.name }) }, 'a client connected');
      nodesChanged();
    },
    disconnected: ({ node, peer }) => {
      metrics.disconnected();
      logger.info({ node: node.id, peer }, 'a client disconnected');
      nodesChanged();
    },
    sent: (_client, typeUrl) => metrics.pushed(typeUrl),
    oversized: (response) => {
      metrics.oversized(response.typeUrl);
      logOversized(logger, response);
    },
    acked: (_client, typeUrl, _version, seconds) => metrics.acknowledged(typeUrl, seconds),
    nacked: ({ node }, typeUrl, version, message, names) => {
      metrics.rejected(typeUrl);
      logger.warn(
        { node: node.id, typeUrl, version, names: names.slice(0, MAX_NAMES).map(shortId), reason: message },
        'a client rejected a response',
      );
    },
    resourceRejected: ({ typeUrl, name, version }) =>
      logger.warn({ typeUrl, name, version }, 'a resource was rejected because of its content'),
    resourceReleased: ({ typeUrl, name, version }) =>
      logger.info({ typeUrl, name, version }, 'a rejected resource has changed or has no subscription'),
    streamRefused: (peer, code, message, limit) => {
      if (limit !== undefined) metrics.limited(limit);
      logger.info({ peer, code, ...(limit && { limit }), reason: message }, 'an xDS stream was refused or ended');
    },
  };
}

/** What is too large for gRPC clients, and what to do about it. */
function logOversized(logger: Logger, { typeUrl, version, bytes, resources, largest }: OversizedResponse): void {
  if (largest.bytes > MAX_GRPC_MESSAGE)
    logger.warn(
      { code: 'LargeResource', typeUrl, name: largest.name, version: largest.version, bytes: largest.bytes },
      'a resource is larger than the 4 MiB that gRPC clients accept by default (Envoy accepts it): let its clients see fewer services, or raise their limit for received messages',
    );
  else
    logger.warn(
      { code: 'LargeResponse', typeUrl, version, bytes, resources },
      'a state-of-the-world response is larger than the 4 MiB that gRPC clients accept by default (Envoy accepts it), and must not be split: use incremental xDS, or raise the limit of the clients for received messages',
    );
}

/** A refused response may hold thousands of resources; the log names the first. */
const MAX_NAMES = 20;

function once<Result>(action: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  return () => (running ??= action());
}
