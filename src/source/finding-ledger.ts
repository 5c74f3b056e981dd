/** The findings that stand, by what they are about, and which of them are new. */
import { type FileFinding, byPosition } from './yaml/finding.js';

export interface FindingLedger {
  /** Replaces the findings about one subject. */
  set(subject: string, findings: readonly FileFinding[]): void;
  /** Takes note of the replacements. The findings that are new since the last time, or `undefined` if none came or went. */
  commit(): readonly FileFinding[] | undefined;
  /** All that stand since the last {@link commit}, ordered by position. */
  findings(): readonly FileFinding[];
}

export function createFindingLedger(): FindingLedger {
  const bySubject = new Map<string, readonly FileFinding[]>();
  let standing: readonly FileFinding[] = [];
  let changed = false;
  return {
    set: (subject, findings) => {
      if (isSame(findings, bySubject.get(subject) ?? [])) return;
      if (findings.length > 0) bySubject.set(subject, findings);
      else if (!bySubject.delete(subject)) return;
      changed = true;
    },
    commit: () => {
      if (!changed) return undefined;
      changed = false;
      const before = new Set(standing.map(identity));
      standing = unique([...bySubject.values()].flat()).sort(byPosition);
      const added = standing.filter((finding) => !before.has(identity(finding)));
      return added.length === 0 && standing.length === before.size ? undefined : added;
    },
    findings: () => standing,
  };
}

function isSame(a: readonly FileFinding[], b: readonly FileFinding[]): boolean {
  return a.length === b.length && a.every((finding, i) => identity(finding) === identity(b[i] ?? finding));
}

function unique(findings: readonly FileFinding[]): FileFinding[] {
  return [...new Map(findings.map((finding) => [identity(finding), finding])).values()];
}

function identity({ file, line, column, code, message }: FileFinding): string {
  return `${file}:${line}:${column} ${code} ${message}`;
}
