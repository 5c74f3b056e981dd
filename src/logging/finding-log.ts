/**
 * Logs findings when they appear and when they are gone, instead of all of them at each load. A finding that only moved within
 * its file is the same one.
 */
import type { Logger } from 'pino';
import type { Finding } from '../control-plane/api.js';

/** Takes every finding of the newest load. */
export type FindingLog = (findings: readonly Finding[]) => void;

export function createFindingLog(logger: Logger): FindingLog {
  let known: ReadonlyMap<string, Finding> = new Map();
  return (findings) => {
    const current = new Map(findings.map((finding) => [identity(finding), finding]));
    for (const [key, finding] of current) {
      if (!known.has(key)) logger[finding.severity === 'error' ? 'error' : 'warn']({ finding }, finding.message);
    }
    for (const [key, finding] of known) {
      if (!current.has(key)) logger.info({ finding }, `resolved: ${finding.message}`);
    }
    known = current;
  };
}

function identity({ file, severity, code, kind, namespace, name, path, message }: Finding): string {
  return JSON.stringify([file, severity, code, kind, namespace, name, path, message]);
}
