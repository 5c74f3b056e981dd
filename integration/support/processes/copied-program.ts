/** A copy of the built program, which a test may change. */
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../../', import.meta.url));
const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Copies `dist/` without tests and types to a directory, which must exist. Returns the path of the program. */
export async function copyProgram(directory: string): Promise<string> {
  for (const part of ['src', 'generated'])
    await cp(join(BUILT, part), join(directory, 'dist', part), {
      recursive: true,
      filter: (path) => !/\.(map|d\.ts|test\.js)$/.test(path),
    });
  await cp(join(PROJECT, 'package.json'), join(directory, 'package.json'));
  await symlink(join(PROJECT, 'node_modules'), join(directory, 'node_modules'));
  return join(directory, 'dist/src/cli/lifeboat.js');
}
