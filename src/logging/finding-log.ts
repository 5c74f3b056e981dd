/**
 * Logs findings when they appear and when they are resolved, not all of them at each load. A finding that only moved within its file is
 * the same one.
 */
import type { Logger } from 'pino';
import type { Finding } from '../control-plane/api/api.js';

/** Takes the current findings about each changed resource, by any key. */
export type FindingLog = (changes: ReadonlyMap<string, readonly Finding[]>) => void;

export function createFindingLog(logger: Logger): FindingLog {
  const known = new Map<string, ReadonlyMap<string, Finding>>();
  return (changes) => {
    for (const [key, findings] of changes) {
      const before = known.get(key) ?? NONE;
      const after = new Map(findings.map((finding) => [identity(finding), finding]));
      logDifference(logger, before, after);
      if (after.size > 0) known.set(key, after);
      else known.delete(key);
    }
  };
}

const NONE: ReadonlyMap<string, Finding> = new Map();

function logDifference(
  logger: Logger,
  before: ReadonlyMap<string, Finding>,
  after: ReadonlyMap<string, Finding>,
): void {
  for (const [id, finding] of after) {
    if (!before.has(id)) logger[finding.severity === 'error' ? 'error' : 'warn']({ finding }, finding.message);
  }
  for (const [id, finding] of before) {
    if (!after.has(id)) logger.info({ finding }, `resolved: ${finding.message}`);
  }
}

function identity({ file, severity, code, kind, namespace, name, path, message }: Finding): string {
  return JSON.stringify([file, severity, code, kind, namespace, name, path, message]);
}
