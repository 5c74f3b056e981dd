/** The current findings by subject, and which of them are new. */
import { type FileFinding, byPosition } from '../yaml/finding.js';

export interface FileFindings {
  /** Replaces the findings about one subject. */
  set(subject: string, findings: readonly FileFinding[]): void;
  /** Applies the replacements. Returns the findings that are new since the last commit; `undefined` if nothing changed. */
  commit(): readonly FileFinding[] | undefined;
  /** All findings as of the last {@link commit}, ordered by position. */
  findings(): readonly FileFinding[];
}

export function createFileFindings(): FileFindings {
  const bySubject = new Map<string, readonly FileFinding[]>();
  let current: readonly FileFinding[] = [];
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
      const before = new Set(current.map(identity));
      current = unique([...bySubject.values()].flat()).sort(byPosition);
      const added = current.filter((finding) => !before.has(identity(finding)));
      return added.length === 0 && current.length === before.size ? undefined : added;
    },
    findings: () => current,
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
