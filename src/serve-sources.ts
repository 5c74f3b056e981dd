/**
 * The part of the composition root that connects the files, the Kubernetes clusters and etcd to the control plane. Applies changes, and reports
 * problems with the sources in the log, to probes and in metrics.
 */
import type { Logger } from 'pino';
import type { Readiness } from './admin/routes/health-routes.js';
import type { SourceHealth } from './admin/metrics/state-metrics.js';
import { type RawResource, CLUSTER_ANNOTATION } from './api/resource.js';
import type { ServerOptions } from './serve.js';
import type { ControlPlane } from './control-plane/control-plane.js';
import { type Change, type Changed, logChange } from './logging/change-log.js';
import type { StatusOnServer } from './api-server/statuses/on-server.js';
import { createClusterLog } from './logging/cluster-log.js';
import { watchEtcd } from './source/etcd/watch-etcd.js';
import {
  type FileSource,
  type KubernetesClusters,
  MadeUpMeshes,
  MergedBatches,
  inOneBatch,
  type PathState,
  type ResourceBatch,
  type SourceError,
  type StoredState,
  watchFiles,
  watchKubernetes,
} from './source/index.js';

/** The state of the sources. */
export interface SourceState {
  paths: readonly PathState[];
  /** The number of errors of watching as a whole, not of a single path. */
  errors: number;
  /** When the last change was applied, in milliseconds since the epoch. */
  lastSuccess: number | undefined;
  /** Whether Envoys are served. */
  isReady: boolean;
  /** The objects of Kubernetes whose status is written, by the names that findings use. */
  statuses: ReadonlyMap<string, StatusOnServer>;
}

export function createSourceState(): SourceState {
  return { paths: [], errors: 0, lastSuccess: undefined, isReady: false, statuses: new Map() };
}

/** Where resources come from, in the order of their importance. */
const [FILES, KUBERNETES, ETCD, MADE_UP] = [0, 1, 2, 3];

export interface SourceListeners {
  /** The stored state of an earlier process. */
  readonly earlier?: StoredState | undefined;
  /** Called after each change. */
  readonly onApplied: () => void;
  /** The status of an object in Kubernetes may have changed. */
  readonly onStatuses: () => void;
}

/**
 * Reads the files, the clusters and etcd, and watches them. Envoys are served as soon as every path has resources to serve and every cluster
 * was read, or at once with `allowEmpty`. */
export async function startSources(
  options: ServerOptions,
  controlPlane: ControlPlane,
  state: SourceState,
  { earlier, onApplied, onStatuses }: SourceListeners,
): Promise<FileSource> {
  const { allowEmpty, config, emptyGraceMs, etcd, kubernetes, readLimits, shrinkGraceMs, logger } = options;
  const used = [config.length > 0, kubernetes !== undefined, etcd !== undefined];
  const merged = new MergedBatches(used.length + 1);
  const meshes = kubernetes && createMeshes(options, kubernetes);
  /** By source. `undefined`: it has not said anything yet. */
  const reported: (readonly PathState[] | undefined)[] = used.map((isUsed) => (isUsed ? undefined : []));
  const isWhole = (): boolean =>
    reported.every((paths) => paths !== undefined) && (allowEmpty || !reported.flat().some(isMissing));
  const take = (source: number, batch: ResourceBatch, paths: readonly PathState[]): void => {
    reported[source] = paths;
    const isAlone = used.filter((isUsed) => isUsed).length === 1 && meshes === undefined;
    const written = isAlone ? batch : merged.take(source, batch);
    const made = meshes?.after(written);
    const change = made === undefined ? written : inOneBatch(written, merged.take(MADE_UP, made));
    const collections = controlPlane.apply(change, { partial: !isWhole() });
    state.lastSuccess = Date.now();
    logChange(logger, { ...changesOf(change), collections });
    onApplied();
  };
  const report = (source: number, paths: readonly PathState[]): void => {
    reported[source] = paths;
    if (!state.isReady && isWhole()) controlPlane.completeLoad();
    tellReadiness(
      logger,
      state,
      reported.flatMap((known) => known ?? []),
      controlPlane.ready(),
    );
  };
  const onError = (error: SourceError): void => {
    state.errors += 1;
    logger.error({ err: error, code: error.code }, error.message);
  };
  const [tellClusters, tellEtcd] = [createClusterLog(logger), createClusterLog(logger)];
  const files =
    config.length === 0
      ? undefined
      : await watchFiles(config, {
          grace: allowEmpty ? 0 : emptyGraceMs,
          limits: readLimits,
          ...(earlier && { restore: earlier.files }),
          onBatch: (batch, paths) => take(FILES, batch, paths),
          onPaths: (paths) => report(FILES, paths),
          onError,
        });
  const clusters =
    kubernetes &&
    watchKubernetes(kubernetes, {
      shrinkGraceMs: allowEmpty ? 0 : shrinkGraceMs,
      limits: readLimits,
      onError,
      onBatch: (batch, states) => take(KUBERNETES, batch, states),
      onStates: (states) => {
        report(KUBERNETES, states);
        onStatuses();
        if (state.isReady) tellClusters(states);
      },
    });
  if (clusters !== undefined) state.statuses = clusters.statuses;
  const values =
    etcd &&
    watchEtcd(etcd, {
      shrinkGraceMs: allowEmpty ? 0 : shrinkGraceMs,
      emptyGraceMs: allowEmpty ? 0 : emptyGraceMs,
      limits: readLimits,
      onError,
      onBatch: (batch, states) => take(ETCD, batch, states),
      onStates: (states) => {
        report(ETCD, states);
        if (state.isReady) tellEtcd(states);
      },
    });
  return {
    reload: async () => files?.reload(),
    stored: function* () {
      return files === undefined ? [] : yield* files.stored();
    },
    restored: () => files?.restored() ?? 0,
    close: async () => {
      await Promise.all([files?.close(), clusters?.close(), values?.close()]);
    },
  };
}

function createMeshes({ kubernetesMeshes }: ServerOptions, { clusters }: KubernetesClusters): MadeUpMeshes | undefined {
  return (
    kubernetesMeshes &&
    new MadeUpMeshes(
      clusters.map(({ name }) => name),
      kubernetesMeshes.namespace,
    )
  );
}

/** Whether a path has no resources, neither current ones nor earlier ones that stay in force. */
function isMissing({ resources, held, problem }: PathState): boolean {
  return resources === 0 && held === 0 && problem !== undefined;
}

/** Updates the state of the paths. Logs why Envoys are not served yet, again if the reason changes, and when they are served. */
function tellReadiness(logger: Logger, state: SourceState, paths: readonly PathState[], isReady: boolean): void {
  const before = loadReadiness(state).reason;
  const isFirst = state.paths.length === 0;
  const wasReady = state.isReady;
  Object.assign(state, { paths, isReady });
  const { reason } = loadReadiness(state);
  if (isReady && !wasReady) logger.info('ready');
  else if (!isReady && (isFirst || reason !== before)) logger.warn(`not ready: ${reason ?? ''}`);
}

/**
 * The answer to probes. Before the first load is complete, it contains the reason. Afterwards, it lists the remaining problems, including
 * `others`.
 */
export function loadReadiness({ isReady, paths }: SourceState, others: readonly string[] = []): Readiness {
  const problems = [...paths.flatMap(({ problem }) => problem ?? []), ...others];
  if (isReady) return { ready: true, details: problems };
  const missing = paths.filter(isMissing);
  if (missing.length === 0) return { ready: false, reason: 'The first load of the resources is not complete.' };
  const advice = new Set(
    missing.map((path) => path.advice ?? 'Add resources, correct --config, or use --allow-empty.'),
  );
  return { ready: false, reason: [...missing.flatMap(({ problem }) => problem ?? []), ...advice].join(' ') };
}

/** Whether the source of this name was read completely once. */
export function wasRead({ isReady, paths }: SourceState, name: string): boolean {
  return isReady && paths.some(({ path, lastSuccess }) => path === name && lastSuccess !== undefined);
}

/** For metrics: the files as a whole, then each path. */
export function sourceHealth({ errors, lastSuccess, paths }: SourceState): readonly SourceHealth[] {
  return [{ source: 'files', errors, ...(lastSuccess !== undefined && { lastSuccess }) }, ...paths.map(pathHealth)];
}

function pathHealth({ path, errors, held, lastSuccess }: PathState): SourceHealth {
  return { source: path, errors, held, ...(lastSuccess !== undefined && { lastSuccess }) };
}

function changesOf({ upserts, deletes, arrival }: ResourceBatch): Omit<Change, 'collections'> {
  const named = upserts.map((raw) => ({ isNew: raw.arrival === arrival, ref: refOf(raw) }));
  const those = (isNew: boolean): readonly Changed[] =>
    named.filter((one) => one.isNew === isNew).map(({ ref }) => ref);
  return { added: those(true), changed: those(false), removed: deletes };
}

function refOf({ kind, metadata: { namespace, name, annotations } }: RawResource): Changed {
  const cluster = annotations[CLUSTER_ANNOTATION];
  return { kind, namespace, name, ...(cluster !== undefined && { cluster }) };
}
