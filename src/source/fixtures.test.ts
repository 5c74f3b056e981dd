/** What the tests of this folder share: directories that go away again, and documents to put in them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FileFinding } from './yaml/finding.js';

/** Runs with a new directory, which is removed afterwards. */
export async function withDirectory<Result>(run: (directory: string) => Result | Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-'));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Writes files, by their paths below a directory. */
export function writeFiles(directory: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** A FailoverService of five lines. */
export function service(name: string, hostname = 'a.global', namespace = 'ns'): string {
  return `apiVersion: networking.smh.solo.io/v1alpha2
kind: FailoverService
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  hostname: ${hostname}
`;
}

/** `file:line:column severity code`, the file without its directory. */
export function brief(directory: string, findings: readonly FileFinding[]): readonly string[] {
  return findings.map(
    ({ file, line, column, severity, code }) =>
      `${file.replace(`${directory}/`, '')}:${line}:${column} ${severity} ${code}`,
  );
}
