/** The findings about configured paths and about files without resources. */
import type { ConfigPaths } from './files/config-path.js';
import { fileFinding } from './files/read.js';
import { type PathScan, heldHint, isVacant, pathFinding } from './contents/path-state.js';
import type { FileTable } from './contents/table.js';
import type { FileFinding } from './yaml/finding.js';

/** What a scan found out about files and paths. */
export interface ScannedPaths {
  readonly paths: ConfigPaths;
  readonly scans: readonly PathScan[];
  readonly table: Pick<FileTable, 'files' | 'content'>;
  /** Files that exist and have no resources. */
  readonly emptied: ReadonlySet<string>;
  /** The resources of such a file that stay in force for now. */
  readonly holdOf: (file: string) => Pick<PathScan, 'held' | 'heldUntil'> | undefined;
}

export function emptinessFindings(scanned: ScannedPaths): readonly FileFinding[] {
  return [
    ...scanned.scans.flatMap((scan) => findingOf(scanned, scan)),
    ...[...scanned.emptied].map((file) => emptyFile(scanned, file)),
  ];
}

function findingOf(scanned: ScannedPaths, scan: PathScan): readonly FileFinding[] {
  const finding = pathFinding(scan, isVacant(scan) && isExplained(scanned, scan.path));
  return finding === undefined ? [] : [finding];
}

/** Whether a finding about a file under the path explains why the path has no resources. */
function isExplained({ paths, table, emptied }: ScannedPaths, path: string): boolean {
  return table
    .files()
    .some(
      (file) =>
        (emptied.has(file) || table.content(file).findings.length > 0) &&
        paths.holding(file).some((holding) => holding.path === path),
    );
}

function emptyFile({ holdOf }: ScannedPaths, file: string): FileFinding {
  const hold = holdOf(file);
  const message =
    hold === undefined ? 'The file contains no resources.' : `The file no longer contains resources.${heldHint(hold)}`;
  return { file, ...fileFinding('EmptyFile', message, 'warning') };
}
