/**
 * The composition root: the only place that knows every part. Wires files, control plane, xDS and admin address together and
 * takes them apart again; what they do is theirs.
 */
import process from 'node:process';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createAdminApp } from './admin/app.js';
import type { Readiness } from './admin/routes/health-routes.js';
import { addLoadMetrics } from './admin/metrics/load-metrics.js';
import { createRegistry } from './admin/metrics/registry.js';
import { type AdminServer, listenAdmin } from './admin/server.js';
import { addStateMetrics } from './admin/metrics/state-metrics.js';
import { type SocketAddress, formatAddress, isLoopback } from './admin/queries/text-forms.js';
import { type XdsMetrics, addDroppedConnections, addXdsMetrics } from './admin/metrics/xds-metrics.js';
import { AddressError, type RunningServer, type ServerOptions } from './serve.js';
import type { ControlPlaneApi } from './control-plane/api/api.js';
import { type ConnectionLimits, connectionLimits } from './file-descriptors.js';
import { collectGarbage } from './collect-garbage.js';
import { type ControlPlane, createControlPlane } from './control-plane/control-plane.js';
import { createSourceState, loadReadiness, sourceHealth, startSource } from './serve-files.js';
import { type KeptState, keepState } from './serve-state.js';
import { type FollowedTls, followTls } from './serve-tls.js';
import { readTlsFiles } from './tls/tls-files.js';
import { coalesced } from './logging/coalesced.js';
import { createFindingLog } from './logging/finding-log.js';
import { createProxyLog } from './logging/proxy-log.js';
import { type ConfigPath, type FileSource, type ReadFilesOptions, readFiles } from './source/index.js';
import type { XdsEvents } from './xds/index.js';

/** Milliseconds that Envoys have to go elsewhere when the process is asked to end. */
const DRAIN_GRACE = 10_000;
/** Milliseconds between two lines about connections that are closed for want of descriptors. */
const DROP_LOG_INTERVAL = 60_000;
/** Findings are all looked at to see which are new; at most this often, in milliseconds. */
const FINDING_LOG_INTERVAL = 1_000;
/** Connected nodes are all looked at when one comes or goes, at most this often, in milliseconds. */
const NODE_LOG_INTERVAL = 1_000;
/** What nodes are compared with is all looked at when something changes, at most this often, in milliseconds. */
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
  const { isolateRefusals, logger } = options;
  const registry = createRegistry({ version: options.version, nodeVersion: process.version });
  const controlPlane = createControlPlane({
    onRowError: (table, key, error) => logger.error({ err: error, table, key }, 'a row could not be computed'),
    xds: { events: xdsEvents(addXdsMetrics(registry), logger, () => nodeLog.request()), isolateRefusals, logger },
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
  const nodeLog = coalesced(() => logNodes(controlPlane.proxies()), NODE_LOG_INTERVAL);
  const state = { isDraining: false };
  const sourceState = createSourceState();
  const kept = await keepState(options.stateDirectory, logger);
  const readiness = (): Readiness =>
    state.isDraining ? { ready: false, reason: 'Shutting down.' } : loadReadiness(sourceState, kept.problems());
  addStateMetrics(registry, {
    controlPlane,
    shrinkage: () => controlPlane.shrinkage(),
    state: () => kept.health(),
    sources: () => sourceHealth(sourceState),
  });
  const limits = connectionLimits();
  const admin = await startAdmin(options, controlPlane, registry, { readiness, limits });
  const tls = await startXds(options, controlPlane, registry, limits);
  const logFindings = createFindingLog(logger);
  const findingLog = coalesced(() => logFindings(controlPlane.takeFindingChanges()), FINDING_LOG_INTERVAL);
  const surroundingsLog = coalesced(() => logNodes(controlPlane.proxies()), SURROUNDINGS_LOG_INTERVAL);
  const source = await startSource(options, controlPlane, sourceState, {
    earlier: kept.earlier,
    onApplied: () => {
      findingLog.request();
      surroundingsLog.request();
      kept.changed();
    },
  });
  kept.follow(source);
  controlPlane.startCounting();
  return {
    reload: async () => {
      await Promise.all([source.reload(), tls?.reload()]);
    },
    drain: once(() => drain({ controlPlane, source, admin, tls, state, kept })),
  };
}

async function startAdmin(
  { adminAddress, logger, version }: ServerOptions,
  controlPlane: ControlPlaneApi,
  registry: Registry,
  { readiness, limits }: { readonly readiness: () => Readiness; readonly limits: ConnectionLimits | undefined },
): Promise<AdminServer> {
  const onError = (err: Error, path: string): void => logger.error({ err, path }, 'a request failed');
  const app = createAdminApp({
    version,
    controlPlane,
    registry,
    readiness,
    onError,
    loopbackOnly: isLoopback(adminAddress.host),
  });
  const admin = await listenAdmin(app, adminAddress, limits?.admin).catch((error: unknown) => {
    throw new AddressError(adminAddress, '--admin-address', error);
  });
  logger.info({ adminAddress: formatAddress(admin.address), ...published(admin.address) }, 'admin server listens');
  return admin;
}

async function startXds(
  { logger, tls: files, transport, xdsAddress }: ServerOptions,
  { xds }: ControlPlane,
  registry: Registry,
  limits: ConnectionLimits | undefined,
): Promise<FollowedTls | undefined> {
  const tls = files && (await readTlsFiles(files, Date.now()));
  const listener = await xds
    .listen(formatAddress(xdsAddress), {
      transport,
      ...(tls && { tls }),
      ...(limits && { maxConnections: limits.xds, onDropped: dropLog(limits, registry, logger) }),
    })
    .catch((error: unknown) => {
      throw new AddressError(xdsAddress, '--xds-address', error);
    });
  const address = { host: xdsAddress.host, port: listener.port };
  logger.info({ xdsAddress: formatAddress(address), ...published(address), transport }, 'xDS server listens');
  return files && tls && followTls(files, tls, listener, { logger, registry });
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
  readonly admin: AdminServer;
  readonly tls: FollowedTls | undefined;
  readonly state: { isDraining: boolean };
  readonly kept: KeptState;
}

/** The admin address goes last, so that probes see that this process should get no more Envoys. */
async function drain({ admin, controlPlane, kept, source, tls, state }: Parts): Promise<void> {
  state.isDraining = true;
  tls?.close();
  await source.close();
  await kept.close();
  await controlPlane.xds.drain(DRAIN_GRACE);
  await admin.close();
}

/** Counts what happens on the streams, and logs what people want to know of it. */
function xdsEvents(metrics: XdsMetrics, logger: Logger, nodesChanged: () => void): XdsEvents {
  return {
    connected: ({ node, peer }) => {
      metrics.connected();
      logger.info({ node: node.id, peer }, 'a client connected');
      nodesChanged();
    },
    disconnected: ({ node, peer }) => {
      metrics.disconnected();
      logger.info({ node: node.id, peer }, 'a client disconnected');
      nodesChanged();
    },
    sent: (_client, typeUrl) => metrics.pushed(typeUrl),
    acked: (_client, typeUrl, _version, seconds) => metrics.acknowledged(typeUrl, seconds),
    nacked: ({ node }, typeUrl, version, message, names) => {
      metrics.refused(typeUrl);
      logger.warn(
        { node: node.id, typeUrl, version, names: names.slice(0, MAX_NAMES), reason: message },
        'a client rejected a response',
      );
    },
    refused: ({ typeUrl, name, version }) =>
      logger.warn({ typeUrl, name, version }, 'a resource was rejected because of its content'),
    released: ({ typeUrl, name, version }) =>
      logger.info({ typeUrl, name, version }, 'a rejected resource has changed or has no subscription'),
    rejected: (peer, code, message) => logger.info({ peer, code, reason: message }, 'an xDS stream was refused'),
  };
}

/** A refused response may hold thousands of resources; the log names the first. */
const MAX_NAMES = 20;

function once<Result>(action: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  return () => (running ??= action());
}
