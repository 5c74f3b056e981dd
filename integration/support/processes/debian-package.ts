/**
 * Installs commands that the tests need and a minimal Debian lacks.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { withLock } from './machine-lock.js';

const run = promisify(execFile);

/** Whether packages can be installed without a password. */
export function canInstallPackages(): boolean {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0;
}

/**
 * Installs the package if there is no such command. Needs root on Debian or Ubuntu, where there is none. One process at a time, because
 * `apt-get update` fails while another one runs.
 */
export async function ensureCommand(command: string, debianPackage: string): Promise<void> {
  await withLock('packages', () => install(command, debianPackage));
}

async function install(command: string, debianPackage: string): Promise<void> {
  if (await hasCommand(command)) return;
  if (!canInstallPackages())
    throw new Error(
      `The command ${command} is missing: install it (as root on Debian or Ubuntu: apt-get install -y ${debianPackage}).`,
    );
  console.error(`Installing ${debianPackage} for the tests`);
  await aptGet('update');
  await aptGet('install', '--yes', '--no-install-recommends', debianPackage);
}

function hasCommand(command: string): Promise<boolean> {
  return run('sh', ['-c', `command -v ${command}`]).then(
    () => true,
    () => false,
  );
}

async function aptGet(...args: readonly string[]): Promise<void> {
  try {
    await run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '--quiet=2', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`apt-get ${args[0] ?? ''} failed: ${said.slice(-500)}`, { cause: error });
  }
}
