/**
 * A new project with the package that `npm pack` makes of this repository, as users install it.
 */
import { execFile } from 'node:child_process';
import { lstat, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PackedProject {
  readonly folder: string;
  /** Paths in the package. */
  readonly files: readonly string[];
  /** Runs a program in the project until it ends. `env` is added to the environment of this process. */
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
  write(file: string, content: string): Promise<void>;
  /** All installed packages: their number, and the size of their files in bytes. */
  installed(): Promise<{ readonly packages: number; readonly bytes: number }>;
  remove(): Promise<void>;
}

export interface PackedProjectOptions {
  /** Whether the optional dependencies of the package are installed. */
  readonly optional: boolean;
  /** Further packages, with their versions. Default: none. */
  readonly others?: readonly string[];
}

/** Packs the build and installs it. Rejects with the error of npm. */
export async function packedProject({ optional, others = [] }: PackedProjectOptions): Promise<PackedProject> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-package-'));
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    maxBuffer: 1 << 26,
  });
  const [packed] = JSON.parse(stdout) as [{ readonly filename: string; readonly files: readonly { path: string }[] }];
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'fresh', private: true, type: 'module' }));
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier'];
  const kinds = optional ? '--include=optional' : '--omit=optional';
  await run('npm', ['install', ...quiet, kinds, join(folder, packed.filename), ...others], { cwd: folder });
  return {
    folder,
    files: packed.files.map(({ path }) => path),
    run: (command, args, env = {}) => finish(folder, command, args, env),
    write: (file, content) => writeFile(join(folder, file), content),
    installed: () => installed(join(folder, 'node_modules')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function installed(modules: string): Promise<{ packages: number; bytes: number }> {
  // In this file npm lists the installed packages, without omitted ones.
  const lock = JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8')) as { readonly packages: object };
  let bytes = 0;
  for (const entry of await readdir(modules, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  return { packages: Object.keys(lock.packages).length, bytes };
}

function finish(
  cwd: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  return new Promise((resolve) => {
    // SIGTERM before mocha gives the test up, so that a program that hangs is not left behind.
    const options = { cwd, env: { ...process.env, ...env }, timeout: 110_000 };
    const child = execFile(command, args, options, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? 1, stdout, stderr });
    });
  });
}
