/**
 * A copy of the built program whose guard is stricter than Envoy. The model makes only valid messages, as far as is known, so no resource
 * could show the effect of the guard otherwise.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyProgram } from './copied-program.js';

type RuleTable = Readonly<
  Record<string, { readonly fields: Readonly<Record<string, { readonly name: string; rules?: object }>> }>
>;

/** Returns the path of the program. It rejects every header with this value. The directory must exist. */
export async function strictProgram(directory: string, rejectedValue: string): Promise<string> {
  const program = await copyProgram(directory);
  const file = join(directory, 'dist/generated/envoy-rules.json');
  const table = JSON.parse(await readFile(file, 'utf8')) as RuleTable;
  const value = Object.values(table['envoy.config.core.v3.HeaderValue']?.fields ?? {}).find(
    ({ name }) => name === 'value',
  );
  if (value === undefined) throw new Error('The guard has no rules for header values.');
  value.rules = { string: { not_in: [rejectedValue] } };
  await writeFile(file, JSON.stringify(table));
  return program;
}
