/**
 * Installs Docker's engine from Debian's own packages.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether `docker.io` can be installed without asking anybody. */
export function canInstallDocker(): boolean {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0;
}

/** Installs `dockerd` where there is none. Needs root on Debian or Ubuntu. */
export async function installDocker(): Promise<void> {
  if (await hasDockerd()) return;
  console.error('Installing docker.io for the container tests');
  await aptGet('update');
  await aptGet('install', '--yes', '--no-install-recommends', 'docker.io');
}

async function hasDockerd(): Promise<boolean> {
  return run('sh', ['-c', 'command -v dockerd']).then(
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
    throw new Error(`No Docker engine answers, and apt-get ${args[0] ?? ''} failed: ${said.slice(-500)}`, {
      cause: error,
    });
  }
}
