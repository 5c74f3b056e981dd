/** Logs when a cluster cannot be followed, and when it can be followed again. */
import type { Logger } from 'pino';

/** How a cluster fares. */
export interface ClusterState {
  /** The name of the cluster in the log. */
  readonly path: string;
  /** A sentence. Absent if there is no problem. */
  readonly problem?: string;
}

/** Takes the current states of all clusters. */
export function createClusterLog(logger: Logger): (states: readonly ClusterState[]) => void {
  const known = new Map<string, string>();
  return (states) => {
    for (const { path, problem } of states) {
      if (known.get(path) === problem) continue;
      if (problem === undefined) {
        logger.info({ cluster: path }, `${path} is followed again`);
        known.delete(path);
      } else {
        logger.warn({ cluster: path }, problem);
        known.set(path, problem);
      }
    }
  };
}
