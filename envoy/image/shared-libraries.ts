/**
 * Which files of this machine a program needs to run in an empty root.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Absolute paths of the loader and the shared libraries that `ldd` names for a program; none for a static one. */
export async function sharedLibraries(program: string): Promise<readonly string[]> {
  const { stdout } = await run('ldd', [program]).catch((error: unknown) => {
    // ldd exits 1 on a static program, which is fine.
    if (error instanceof Error && 'code' in error && error.code === 1) return { stdout: '' };
    throw error;
  });
  return parseLdd(stdout);
}

/**
 * Paths in what `ldd` printed: `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)` and `/lib64/ld-linux-x86-64.so.2
 * (0x…)`.
 */
export function parseLdd(text: string): readonly string[] {
  const missing = /^\s*(\S+) => not found/m.exec(text);
  if (missing !== null) throw new Error(`The shared library ${missing[1] ?? ''} is missing on this machine.`);
  return [...text.matchAll(/(\/\S+) \(0x[0-9a-f]+\)/g)].flatMap((match) => match[1] ?? []);
}
