/**
 * Removes files of dist/ whose source no longer exists, so that no removed test runs.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const OUTPUTS = /(\.d\.ts|\.js|\.js\.map)$/;

for (const root of ['src', 'integration', 'envoy', 'deploy', 'bench', 'chaos']) {
  const folder = join('dist', root);
  if (!existsSync(folder)) continue;
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!OUTPUTS.test(file)) continue;
    const source = join(root, file.replace(OUTPUTS, '.ts'));
    // Generated files are compiled again in any case.
    if (!existsSync(source) && !source.startsWith(join('src', 'generated'))) rmSync(join(folder, file));
  }
}
