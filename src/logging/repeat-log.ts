/** Logs problems that occur again and again: each once, and again when its sentence changes or after an hour. */
import type { Logger } from 'pino';

/** Milliseconds after which the same problem is logged again. */
const INTERVAL = 3_600_000;
/** Problems that are remembered. */
const MOST = 1_000;

/** Takes what the problem is about, and a sentence; `undefined`: it is over. */
export function createRepeatLog(logger: Logger): (subject: string, problem: string | undefined) => void {
  const known = new Map<string, { readonly problem: string; readonly at: number }>();
  return (subject, problem) => {
    if (problem === undefined) {
      known.delete(subject);
      return;
    }
    const before = known.get(subject);
    if (before?.problem === problem && performance.now() - before.at < INTERVAL) return;
    if (known.size >= MOST) known.clear();
    known.set(subject, { problem, at: performance.now() });
    logger.warn(problem);
  };
}
