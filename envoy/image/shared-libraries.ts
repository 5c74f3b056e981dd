/** Finds the files of this machine that a program needs to run in an empty root file system. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The absolute paths of the loader and the shared libraries of a program, as `ldd` prints them. Empty for a statically linked program. */
export async function sharedLibraries(program: string): Promise<readonly string[]> {
  const { stdout } = await run('ldd', [program]).catch((error: unknown) => {
    // `ldd` exits with 1 for a statically linked program.
    if (error instanceof Error && 'code' in error && error.code === 1) return { stdout: '' };
    throw error;
  });
  return parseLdd(stdout);
}

/**
 * The paths in the output of `ldd`: `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)` and `/lib64/ld-linux-x86-64.so.2 (0x…)`.
 * @throws Error if a shared library is missing.
 */
export function parseLdd(text: string): readonly string[] {
  const missing = /^\s*(\S+) => not found/m.exec(text);
  if (missing !== null) throw new Error(`The shared library ${missing[1] ?? ''} is missing on this machine.`);
  return [...text.matchAll(/(\/\S+) \(0x[0-9a-f]+\)/g)].flatMap((match) => match[1] ?? []);
}
