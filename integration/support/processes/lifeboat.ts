/**
 * Runs the built `lifeboat` command until it ends.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built command. */
export const LIFEBOAT = fileURLToPath(new URL('../../../src/cli/lifeboat.js', import.meta.url));

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function lifeboat(...args: readonly string[]): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [LIFEBOAT, ...args], options, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? 1, stdout, stderr });
    });
  });
}
