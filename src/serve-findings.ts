/**
 * The part of the composition root that logs findings. Those about the first load are computed while Envoys are already served: a start has
 * better things to do.
 */
import type { Logger } from 'pino';
import type { ControlPlane } from './control-plane/control-plane.js';
import { type Coalesced, coalesced } from './logging/coalesced.js';
import { createFindingLog } from './logging/finding-log.js';
import { runInBackground } from './turns/run-in-background.js';

/** Findings that changed are compared with those before at most this often, in milliseconds. */
const INTERVAL = 1_000;

/** Returns the log of findings. Request it after each change. */
export function startFindingLog(controlPlane: ControlPlane, logger: Logger): Coalesced {
  const log = createFindingLog(logger);
  const logChanges = async (): Promise<void> => {
    await runInBackground(controlPlane.findingsInSteps());
    log(controlPlane.takeFindingChanges());
  };
  let last = Promise.resolve();
  return coalesced(() => {
    last = last.then(logChanges).catch((err: unknown) => {
      logger.error({ err }, 'the findings could not be logged');
    });
  }, INTERVAL);
}
