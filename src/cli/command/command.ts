/**
 * The frame of every command: declares it to commander, completes its flags from the environment and the settings file, and stores
 * the exit code. It must not know any particular command.
 */
import type { Command, Option } from 'commander';
import type { ExitCode } from '../output/cli-error.js';
import { unknownVariables } from '../options/environment.js';
import { Flag } from '../options/flag.js';
import type { Ports } from './ports.js';
import { fillFlags, flagsOf, readSettings, sourceOf, type ValueSource } from '../options/settings.js';
import { type Terminal, colorsFor, write } from '../output/terminal.js';

/** The program and what its commands run with. */
export interface Cli {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly ports: Ports;
  /** Stores the exit code of the command. */
  readonly finish: (code: ExitCode) => void;
}

/** One invocation of a command. */
export interface Invocation<Values> {
  /** The values of the flags by camel-case name. */
  readonly values: Values;
  readonly operands: readonly string[];
  /** The source of a flag's value; `flag`: camel-case name. */
  readonly sourceOf: (flag: string & keyof Values) => ValueSource;
  /** Sentences about the environment. They were written to stderr, unless the command logs them. */
  readonly warnings: readonly string[];
  readonly terminal: Terminal;
  readonly ports: Ports;
}

export interface CommandSpec<Values> {
  readonly name: string;
  readonly description: string;
  /** Operands in commander's syntax (`<path...>`, `[name]`) with their descriptions. */
  readonly operands?: readonly (readonly [string, string])[];
  readonly flags: readonly Flag[];
  /** Whether the command writes warnings to its log instead of stderr. Default: false. */
  readonly logsWarnings?: boolean;
  /** The error for operands that the command does not accept. Default: that of commander. */
  readonly excessOperands?: string;
  /** Example command lines, the most common first. */
  readonly examples: readonly [string, ...string[]];
  readonly run: (invocation: Invocation<Values>) => Promise<ExitCode>;
}

/** Adds a command to the program. */
export function addCommand<Values>(cli: Cli, spec: CommandSpec<Values>): void {
  const command = cli.program.command(spec.name).description(spec.description);
  for (const [operand, explanation] of spec.operands ?? []) command.argument(operand, explanation);
  for (const flag of [...spec.flags, settingsFlag()]) command.addOption(flag);
  command.configureHelp({ optionDescription: explain });
  command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  ${line}\n`).join('')}`.trimEnd());
  explainExcess(command, spec.excessOperands);
  command.action(async () => {
    await completeFlags(cli, command);
    const { terminal, ports } = cli;
    const warnings = unknownVariables(terminal.env, variableNames(cli.program));
    if (spec.logsWarnings !== true) await writeWarnings(warnings, terminal);
    cli.finish(
      await spec.run({
        values: command.opts() as Values,
        operands: command.args,
        sourceOf: (flag) => sourceOf(command, flag),
        warnings,
        terminal,
        ports,
      }),
    );
  });
}

function explainExcess(command: Command, message: string | undefined): void {
  if (message === undefined) return;
  command.configureOutput({
    outputError: (text, write) => write(text.startsWith('error: too many arguments') ? `error: ${message}\n` : text),
  });
}

function settingsFlag(): Flag {
  return new Flag(
    '--settings <file>',
    'YAML file of flag names and values; flags and environment variables take precedence',
  );
}

async function completeFlags({ program, terminal }: Cli, command: Command): Promise<void> {
  // The environment may name the settings file, so it is looked up first.
  const file: unknown = command.getOptionValue('settings') ?? terminal.env['LIFEBOAT_SETTINGS'];
  const isGiven = typeof file === 'string' && file !== '';
  fillFlags(command, terminal.env, isGiven ? await readSettings(file, settingNames(program)) : new Map());
}

async function writeWarnings(warnings: readonly string[], { env, stderr }: Terminal): Promise<void> {
  const label = colorsFor(stderr, env).yellow('warning:');
  if (warnings.length > 0) await write(stderr, warnings.map((warning) => `${label} ${warning}\n`).join(''));
}

function variableNames(program: Command): ReadonlySet<string> {
  return new Set(program.commands.flatMap((command) => flagsOf(command).map((flag) => flag.variable)));
}

function settingNames(program: Command): ReadonlySet<string> {
  const names = program.commands.flatMap((command) => flagsOf(command).map((flag) => flag.name()));
  return new Set(names.filter((name) => name !== 'settings'));
}

function explain(option: Option): string {
  return option instanceof Flag ? option.explanation : option.description;
}
