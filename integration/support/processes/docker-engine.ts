/**
 * The Docker engine for the Envoy containers: the running one, or else, on Debian as root, one that is installed from `docker.io`, started
 * here and stopped afterwards. The containers use the host's network, so this engine gets no bridge and changes no firewall rules.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { runProgram, type RunningProgram } from './child-process.js';
import { canInstallPackages, ensureCommand } from './debian-package.js';
import { eventually } from './eventually.js';

const run = promisify(execFile);

export interface DockerEngine {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** Stops the engine if it was started here. */
  stop(): Promise<void>;
}

/** A running engine. `logFile`: the log of an engine that is started here. */
export async function dockerEngine(logFile: string): Promise<DockerEngine> {
  if (process.platform !== 'linux')
    throw new Error('The container tests need Linux: the Envoys share its loopback network.');
  const running = await runningEngine();
  if (running !== undefined) return running;
  if (!canInstallPackages()) {
    throw new Error(
      'No Docker engine answers: start one, or run this as root on Debian, where one is installed and started.',
    );
  }
  await ensureCommand('dockerd', 'docker.io');
  // With systemd as init, installing the package has started the engine.
  return (await runningEngine()) ?? (await startEngine(logFile));
}

async function runningEngine(): Promise<DockerEngine | undefined> {
  for (const host of candidates()) {
    if (await answers(host)) return { host, stop: () => Promise.resolve() };
  }
  return undefined;
}

function candidates(): readonly string[] {
  const configured = process.env['DOCKER_HOST'];
  if (configured !== undefined) return [configured];
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const sockets = ['/var/run/docker.sock', join(homedir(), '.docker/run/docker.sock')];
  if (runtime !== undefined) sockets.push(join(runtime, 'docker.sock'));
  return sockets.map((socket) => `unix://${socket}`);
}

/** Calls `/_ping` of an engine. An engine with a TCP address is assumed to run. */
function answers(host: string): Promise<boolean> {
  const { protocol, pathname } = new URL(host);
  if (protocol !== 'unix:') return Promise.resolve(true);
  return new Promise((resolve) => {
    const ping = request({ socketPath: pathname, path: '/_ping', timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once('timeout', () => ping.destroy());
    ping.once('error', () => resolve(false));
    ping.end();
  });
}

async function startEngine(logFile: string): Promise<DockerEngine> {
  const home = await mkdtemp(join(tmpdir(), 'lifeboat-docker-'));
  const host = `unix://${join(home, 'docker.sock')}`;
  await writeFile(join(home, 'daemon.json'), '{}');
  const dockerd = runProgram('dockerd', dockerdArguments(home, host));
  const stop = async (): Promise<void> => {
    await dockerd.stop(20_000);
    await writeLog(logFile, dockerd);
    await unmountBelow(home);
    await rm(home, { recursive: true, force: true });
  };
  if (!(await comesUp(host, dockerd))) {
    await stop();
    throw new Error(`dockerd did not start, see ${logFile}: ${dockerd.output.at(-1) ?? 'it said nothing'}`);
  }
  return { host, stop };
}

async function comesUp(host: string, dockerd: RunningProgram): Promise<boolean> {
  const upOrEnded = async (): Promise<'up' | 'ended' | undefined> =>
    (await answers(host)) ? 'up' : dockerd.ended() === undefined ? undefined : 'ended';
  return eventually(upOrEnded, { timeout: 60_000, interval: 100 }).then(
    (state) => state === 'up',
    () => false,
  );
}

/**
 * dockerd leaves a mount of the host's network namespace behind. Its directory cannot be removed while it exists.
 */
async function unmountBelow(directory: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').flatMap((line) => line.split(' ')[1] ?? []);
  const below = mounts.filter((mount) => mount.startsWith(`${directory}/`)).reverse();
  for (const mount of below) await run('umount', [mount]).catch(() => undefined);
}

async function writeLog(logFile: string, dockerd: RunningProgram): Promise<void> {
  await mkdir(dirname(logFile), { recursive: true });
  await writeFile(logFile, `${dockerd.output.join('\n')}\n`);
}

function dockerdArguments(home: string, host: string): readonly string[] {
  return [
    `--host=${host}`,
    `--data-root=${join(home, 'data')}`,
    `--exec-root=${join(home, 'exec')}`,
    `--pidfile=${join(home, 'dockerd.pid')}`,
    // The machine's daemon.json may conflict with these flags.
    `--config-file=${join(home, 'daemon.json')}`,
    '--bridge=none',
    '--iptables=false',
    '--ip6tables=false',
    '--ip-forward=false',
    '--ip-masq=false',
  ];
}
