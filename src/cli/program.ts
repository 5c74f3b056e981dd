/** The program with all commands. Each error becomes a sentence on stderr and an exit code. */
import { Command, CommanderError } from 'commander';
import { MalformedInput } from '../admin/queries/malformed-input.js';
import { addBootstrap } from './bootstrap.js';
import { addCheck } from './check.js';
import { addCrds } from './crds.js';
import { CliError, EXIT, type ExitCode } from './output/cli-error.js';
import { addEtcd } from './etcd.js';
import { addExplain } from './explain.js';
import { addGet } from './get.js';
import { missingPackages } from './missing-packages.js';
import { addInject } from './inject.js';
import { addProxies } from './proxies.js';
import { addServe } from './serve.js';
import { AddressError } from '../serve.js';
import { TlsFileError } from '../tls/tls-files.js';
import type { Ports } from './command/ports.js';
import { addSnapshot } from './snapshot.js';
import { colorsFor, type Terminal, write } from './output/terminal.js';

const DESCRIPTION = `An Envoy xDS control plane for failover.

Exit codes: 0 success; 1 a check failed or a resource does not exist; 2 wrong usage; 3 the control plane, or etcd, cannot be reached.
Each flag can also be set by an environment variable or in the file that --settings names. Flags take precedence over both.`;

const COMMANDS = [
  ...[addServe, addCheck, addExplain, addGet, addProxies, addSnapshot, addBootstrap],
  ...[addCrds, addInject, addEtcd],
];

/**
 * Runs a command line and returns its exit code. Never throws.
 * @param argv the arguments without program and script.
 */
export async function runCli(argv: readonly string[], terminal: Terminal, ports: Ports): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.fine;
  const program = newProgram(terminal, ports.version);
  const cli = { program, terminal, ports, finish: (code: ExitCode) => void (exitCode = code) };
  for (const add of COMMANDS) add(cli);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, terminal);
  }
}

function newProgram(terminal: Terminal, version: string): Command {
  return new Command('lifeboat')
    .description(DESCRIPTION)
    .version(version)
    .exitOverride()
    .showHelpAfterError('Try --help.')
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

async function report(error: unknown, terminal: Terminal): Promise<ExitCode> {
  // Commander has already written its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  if (error instanceof CliError) return complain(error.message, error.exitCode, terminal);
  if (error instanceof MalformedInput || error instanceof AddressError || error instanceof TlsFileError)
    return complain(error.message, EXIT.usage, terminal);
  const missing = missingPackages(error);
  if (missing !== undefined) return complain(missing, EXIT.failed, terminal);
  const message = error instanceof Error ? error.message : String(error);
  return complain(`Internal error, please report it: ${message}`, EXIT.failed, terminal);
}

async function complain(message: string, code: ExitCode, terminal: Terminal): Promise<ExitCode> {
  const colors = colorsFor(terminal.stderr, terminal.env);
  await write(terminal.stderr, `${colors.red('error:')} ${message}\n`);
  return code;
}
