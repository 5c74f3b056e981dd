/**
 * A copy of the built program whose guard is stricter than Envoy. The model makes only valid messages, as far as is known, so no resource
 * could show the effect of the guard otherwise.
 */
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../../', import.meta.url));
const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url));

type RuleTable = Readonly<
  Record<string, { readonly fields: Readonly<Record<string, { readonly name: string; rules?: object }>> }>
>;

/** Returns the path of the program. It rejects every header with this value. The directory must exist. */
export async function strictProgram(directory: string, rejectedValue: string): Promise<string> {
  for (const part of ['src', 'generated'])
    await cp(join(BUILT, part), join(directory, 'dist', part), {
      recursive: true,
      filter: (path) => !/\.(map|d\.ts|test\.js)$/.test(path),
    });
  await cp(join(PROJECT, 'package.json'), join(directory, 'package.json'));
  await symlink(join(PROJECT, 'node_modules'), join(directory, 'node_modules'));
  const file = join(directory, 'dist/generated/envoy-rules.json');
  const table = JSON.parse(await readFile(file, 'utf8')) as RuleTable;
  const value = Object.values(table['envoy.config.core.v3.HeaderValue']?.fields ?? {}).find(
    ({ name }) => name === 'value',
  );
  if (value === undefined) throw new Error('The guard has no rules for header values.');
  value.rules = { string: { not_in: [rejectedValue] } };
  await writeFile(file, JSON.stringify(table));
  return join(directory, 'dist/src/cli/lifeboat.js');
}
