/**
 * The part of the composition root that connects the files to the control plane. Applies changes, and reports problems with the files in
 * the log, to probes and in metrics.
 */
import type { Logger } from 'pino';
import type { Readiness } from './admin/routes/health-routes.js';
import type { SourceHealth } from './admin/metrics/state-metrics.js';
import { type RawResource, CLUSTER_ANNOTATION } from './api/resource.js';
import type { ServerOptions } from './serve.js';
import type { ControlPlane } from './control-plane/control-plane.js';
import { type Change, type Changed, logChange } from './logging/change-log.js';
import { type ResourceBatch, type FileSource, type PathState, type StoredState, watchFiles } from './source/index.js';

/** The state of the files. */
export interface SourceState {
  paths: readonly PathState[];
  /** The number of errors of watching as a whole, not of a single path. */
  errors: number;
  /** When the last change was applied, in milliseconds since the epoch. */
  lastSuccess: number | undefined;
  /** Whether Envoys are served. */
  isReady: boolean;
}

export function createSourceState(): SourceState {
  return { paths: [], errors: 0, lastSuccess: undefined, isReady: false };
}

/**
 * Reads the files and watches them. Envoys are served as soon as every path has resources to serve, or at once with `allowEmpty`.
 * `earlier`: the stored state of an earlier process. `onApplied`: called after each change.
 */
export function startSource(
  options: ServerOptions,
  controlPlane: ControlPlane,
  state: SourceState,
  { earlier, onApplied }: { readonly earlier?: StoredState | undefined; readonly onApplied: () => void },
): Promise<FileSource> {
  const { allowEmpty, config, emptyGraceMs, readLimits, logger } = options;
  const isWhole = (paths: readonly PathState[]): boolean => allowEmpty || !paths.some(isMissing);
  return watchFiles(config, {
    grace: allowEmpty ? 0 : emptyGraceMs,
    limits: readLimits,
    ...(earlier && { restore: earlier.files }),
    onBatch: (batch, paths) => {
      const collections = controlPlane.apply(batch, { partial: !isWhole(paths) });
      state.lastSuccess = Date.now();
      logChange(logger, { ...changesOf(batch), collections });
      onApplied();
    },
    onPaths: (paths) => {
      if (!state.isReady && isWhole(paths)) controlPlane.completeLoad();
      tellReadiness(logger, state, paths, controlPlane.ready());
    },
    onError: (error) => {
      state.errors += 1;
      logger.error({ err: error, code: error.code }, error.message);
    },
  });
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
  const missing = paths.filter(isMissing).flatMap(({ problem }) => problem ?? []);
  if (missing.length === 0) return { ready: false, reason: 'The first load of the resources is not complete.' };
  return {
    ready: false,
    reason: `${missing.join(' ')} Add resources, correct --config, or use --allow-empty.`,
  };
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
