/** The programs of Kubernetes, built from their Go modules. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export interface KubernetesPrograms {
  readonly apiServer: string;
  readonly etcd: string;
  readonly kubectl: string;
}

// From dist/integration/support/kubernetes to the root of the repository.
const BUILD = fileURLToPath(new URL('../../../../integration/support/kubernetes/build.sh', import.meta.url));

let built: Promise<KubernetesPrograms | undefined> | undefined;

/** Builds them unless they are in `.cache`. Throws if they cannot be built. */
export async function programsOf(): Promise<KubernetesPrograms> {
  const programs = await kubernetesPrograms();
  if (programs === undefined) throw new Error('The programs of Kubernetes cannot be built without Go.');
  return programs;
}

/** The same; `undefined` if there is no Go to build them with. */
export function kubernetesPrograms(): Promise<KubernetesPrograms | undefined> {
  built ??= build();
  return built;
}

async function build(): Promise<KubernetesPrograms | undefined> {
  const directory = (await outputOf('sh', [BUILD], { showErrors: true })).trim();
  if (directory === '') return undefined;
  return {
    apiServer: join(directory, 'kube-apiserver'),
    etcd: join(directory, 'etcd'),
    kubectl: join(directory, 'kubectl'),
  };
}

export interface OutputOptions {
  /** What the program reads from stdin. Default: nothing. */
  readonly input?: string;
  /** Whether what it writes to stderr is shown at once too. Default: it is only in the error. */
  readonly showErrors?: boolean;
}

/** Runs a program to its end. Returns what it writes to stdout. Throws an error with what it writes to stderr. */
export async function outputOf(
  command: string,
  args: readonly string[],
  { input = '', showErrors = false }: OutputOptions = {},
): Promise<string> {
  const child = spawn(command, args);
  // A program that reads nothing may have ended already.
  child.stdin.on('error', () => undefined).end(input);
  if (showErrors) child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode !== 0) throw new Error(`${command} ${args.join(' ')}: ${errors.trim() || output.trim()}`);
  return output;
}
