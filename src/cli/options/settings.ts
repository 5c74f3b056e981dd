/**
 * The values of flags that are not on the command line: from the environment, then the settings file, then the default. The file
 * is a YAML mapping of flag names (without leading dashes) to values; several commands can share it.
 */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Document } from 'yaml';
import { didYouMean, suggest } from '../../api/suggest.js';
import { CliError } from '../output/cli-error.js';
import { isServiceLink } from './environment.js';
import { Flag } from './flag.js';

/** Values by flag name, as written in the file. */
export type Settings = ReadonlyMap<string, unknown>;

/** The sources of a flag's value; later ones take precedence. */
export const PRECEDENCE = ['default', 'settings', 'env', 'cli'] as const;
export type ValueSource = (typeof PRECEDENCE)[number];

/**
 * Reads a settings file.
 * @param known the names of the flags of all commands; any other key is an error.
 * @throws CliError (usage) if the file cannot be read, is not a YAML mapping or has an unknown key.
 */
export async function readSettings(file: string, known: ReadonlySet<string>): Promise<Settings> {
  // Loaded on demand: most invocations have no settings file.
  const { parseDocument } = await import('yaml');
  const document = parseDocument(await readText(file), { logLevel: 'error' });
  const [problem] = document.errors;
  if (problem !== undefined) throw new CliError('usage', `--settings ${file}: ${firstLine(problem.message)}`);
  const content: unknown = toPlain(document, file);
  if (content === null) return new Map();
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new CliError(
      'usage',
      `--settings ${file}: must be a YAML mapping of flag names to values, such as "xds-address: 127.0.0.1:18000".`,
    );
  }
  for (const key of Object.keys(content)) {
    if (!known.has(key))
      throw new CliError('usage', `--settings ${file}: unknown setting "${key}".${didYouMean(suggest(key, known))}`);
  }
  return new Map(Object.entries(content));
}

/**
 * Sets the flags that are not on the command line from the environment or the settings.
 * @throws CliError (usage) if a value is invalid, or a required flag is missing.
 */
export function fillFlags(
  command: Command,
  env: Readonly<Record<string, string | undefined>>,
  settings: Settings,
): void {
  for (const flag of flagsOf(command)) {
    if (command.getOptionValueSource(flag.attributeName()) === 'cli') continue;
    const variable = env[flag.variable];
    if (variable !== undefined && variable !== '' && !isServiceLink(variable)) {
      command.setOptionValueWithSource(flag.attributeName(), fromText(flag, variable), 'env');
    } else if (settings.has(flag.name())) {
      command.setOptionValueWithSource(flag.attributeName(), fromSetting(flag, settings.get(flag.name())), 'settings');
    }
  }
  const missing = flagsOf(command).find(
    (flag) => flag.needed && command.getOptionValue(flag.attributeName()) === undefined,
  );
  if (missing !== undefined) throw new CliError('usage', `The flag --${missing.name()} is missing.`);
}

/** The flags of a command, without `--help`. */
export function flagsOf(command: Command): readonly Flag[] {
  return command.options.filter((option) => option instanceof Flag);
}

/** The source of a flag's value. */
export function sourceOf(command: Command, attribute: string): ValueSource {
  const source = command.getOptionValueSource(attribute);
  return PRECEDENCE.find((known) => known === source) ?? 'default';
}

function fromText(flag: Flag, text: string): unknown {
  const where = `environment variable ${flag.variable}`;
  if (flag.isBoolean()) return toSwitch(text, where);
  return flag.variadic ? text.split(',') : checked(flag, text, where);
}

function fromSetting(flag: Flag, value: unknown): unknown {
  const where = `setting "${flag.name()}"`;
  if (flag.isBoolean()) return toSwitch(String(value), where);
  if (flag.variadic) return (Array.isArray(value) ? value : [value]).map((item) => scalar(item, where));
  return checked(flag, scalar(value, where), where);
}

function toSwitch(text: string, where: string): boolean {
  if (['true', '1'].includes(text.toLowerCase())) return true;
  if (['false', '0'].includes(text.toLowerCase())) return false;
  throw new CliError('usage', `The ${where} is "${text}", must be true or false.`);
}

function scalar(value: unknown, where: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new CliError('usage', `The ${where} must be text or a number.`);
}

function checked(flag: Flag, text: string, where: string): string {
  if (flag.argChoices === undefined || flag.argChoices.includes(text)) return text;
  throw new CliError('usage', `The ${where} is "${text}", must be one of ${flag.argChoices.join(', ')}.`);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError('usage', `--settings ${file}: cannot be read (${reasonOf(error)}).`, { cause: error });
  }
}

function toPlain(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new CliError('usage', `--settings ${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  return typeof code === 'string' ? code : String(error);
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').replace(/:$/, '.');
}
