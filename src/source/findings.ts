/** The findings about the configured paths and about files that hold nothing. */
import type { ConfigPaths } from './config-path.js';
import { fileProblem } from './files/read.js';
import { type PathLook, heldHint, isVacant, pathFinding } from './path-state.js';
import type { FileTable } from './table.js';
import type { FileFinding } from './yaml/finding.js';

/** What is known of files and paths after a look at them. */
export interface Looked {
  readonly paths: ConfigPaths;
  readonly looks: readonly PathLook[];
  readonly table: Pick<FileTable, 'files' | 'content'>;
  /** Files that are there and hold nothing. */
  readonly emptied: ReadonlySet<string>;
  /** What such a file had and keeps for now. */
  readonly holdOf: (file: string) => Pick<PathLook, 'held' | 'heldUntil'> | undefined;
}

export function emptinessFindings(looked: Looked): readonly FileFinding[] {
  return [
    ...looked.looks.flatMap((look) => findingOf(looked, look)),
    ...[...looked.emptied].map((file) => emptyFile(looked, file)),
  ];
}

function findingOf(looked: Looked, look: PathLook): readonly FileFinding[] {
  const finding = pathFinding(look, isVacant(look) && isExplained(looked, look.path));
  return finding === undefined ? [] : [finding];
}

/** Whether some file under a path tells why it shows no resources. */
function isExplained({ paths, table, emptied }: Looked, path: string): boolean {
  return table
    .files()
    .some(
      (file) =>
        (emptied.has(file) || table.content(file).findings.length > 0) &&
        paths.holding(file).some((holding) => holding.path === path),
    );
}

function emptyFile({ holdOf }: Looked, file: string): FileFinding {
  const hold = holdOf(file);
  const message =
    hold === undefined ? 'The file holds no resources.' : `The file holds no resources any more.${heldHint(hold)}`;
  return { file, ...fileProblem('EmptyFile', message, 'warning') };
}
