/** `lifeboat inject -f FILE`: the manifests with an Envoy in every Pod, for `kubectl apply -f -`. */
import { metadataFindings } from '../control-plane/clients/node-findings.js';
import { type InjectFinding, type InjectedWorkload, injectText } from '../kubernetes/inject/inject-text.js';
import { portClashes } from '../kubernetes/inject/port-clashes.js';
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { type InjectFlags, injectFlags } from './injection/flags.js';
import { aliasedHostnames, originOfHostnames } from './injection/hostnames.js';
import { joined, readManifests } from './injection/manifests.js';
import { injectOptions } from './injection/options.js';
import { type DescribedNode, describedNode, describedQuery } from './options/node-flags.js';
import { readLimitsOf } from './options/read-limit-flags.js';
import { CliError, EXIT, type ExitCode } from './output/cli-error.js';
import { writeNodeFindings } from './output/finding-lines.js';
import { oneLine } from './output/output.js';
import { colorsFor, type Terminal, write } from './output/terminal.js';
import type { Origin } from './queries/origin.js';

export function addInject(cli: Cli): void {
  addCommand<InjectFlags>(cli, {
    name: 'inject',
    description:
      'Print manifests with Envoy added to every Pod as a native sidecar, and host aliases for the failover hostnames. Everything else stays byte for byte. With errors it prints nothing and exits with 1.',
    examples: [
      'lifeboat inject -f app.yaml --xds-address lifeboat.lifeboat:18000 --cluster east --config resources/ | kubectl apply -f -',
      'kustomize build . | lifeboat inject -f - --xds-address lifeboat.lifeboat:18000 --hostname reviews-failover.bookinfo.global',
    ],
    flags: injectFlags(),
    run: inject,
  });
}

interface FileFinding extends InjectFinding {
  readonly file: string;
}

async function inject(invocation: Invocation<InjectFlags>): Promise<ExitCode> {
  const { terminal, values } = invocation;
  const files = required('--filename', values.filename);
  required('--xds-address', values.xdsAddress);
  if (files.includes('-') && values.config?.includes('-') === true)
    throw new CliError('usage', 'The standard input can be read by -f or by --config, not by both.');
  const node = describedNode(values);
  await writeNodeFindings(metadataFindings(node.metadata), terminal);
  const origin = await originOfHostnames(invocation);
  const { entries, refused } = await aliasedHostnames(invocation, node, origin);
  const options = injectOptions(invocation, node, entries);
  await warnOfHostnames(entries.length, refused, terminal);
  const limits = readLimitsOf(values);
  const manifests = await readManifests(files, terminal, limits);
  const results = manifests.map(({ file, text }) => ({ file, ...injectText(text, options, limits) }));
  const findings: FileFinding[] = [];
  for (const { file, workloads, findings: found } of results) {
    const clashes = origin === undefined ? [] : await clashesOf(workloads, node, origin);
    findings.push(...inOrder([...found, ...clashes]).map((finding) => ({ ...finding, file })));
  }
  await writeLines(findings, terminal);
  if (findings.some(({ severity }) => severity === 'error')) return EXIT.failed;
  if (results.every(({ workloads }) => workloads.length === 0)) await warn('No Pod was injected.', terminal);
  await write(terminal.stdout, joined(results.map(({ text }) => text)));
  return EXIT.fine;
}

function required<Value>(flag: string, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new CliError('usage', `The flag ${flag} is missing.`);
}

/** Workloads with the same namespace and labels get the same listeners. */
async function clashesOf(
  workloads: readonly InjectedWorkload[],
  node: DescribedNode,
  origin: Origin,
): Promise<readonly InjectFinding[]> {
  const answers = new Map<string, readonly unknown[]>();
  const findings: InjectFinding[] = [];
  for (const workload of workloads.filter(({ ports }) => ports.length > 0)) {
    const { labels, namespace } = workload;
    const key = JSON.stringify([namespace, labels]);
    const metadata = { ...node.metadata, ...(namespace !== '' && { NAMESPACE: namespace }) };
    const query = describedQuery({ ...node, labels, metadata });
    const listeners = answers.get(key) ?? (await origin.snapshot({ nodeId: 'sidecar~inject', ...query })).listeners;
    answers.set(key, listeners);
    findings.push(...portClashes(workload, listeners));
  }
  return findings;
}

function inOrder(findings: readonly InjectFinding[]): readonly InjectFinding[] {
  return findings.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

async function warnOfHostnames(count: number, refused: readonly string[], terminal: Terminal): Promise<void> {
  if (count === 0) await warn('There are no failover hostnames, so no host aliases are added.', terminal);
  for (const hostname of refused)
    await warn(`The failover hostname ${hostname} gets no host alias: Kubernetes does not admit it there.`, terminal);
}

async function warn(message: string, { stderr, env }: Terminal): Promise<void> {
  await write(stderr, `${colorsFor(stderr, env).yellow('warning:')} ${oneLine(message)}\n`);
}

async function writeLines(findings: readonly FileFinding[], { stderr, env }: Terminal): Promise<void> {
  const colors = colorsFor(stderr, env);
  const lines = findings.map(({ file, line, column, severity, ref, message }) => {
    const paint = severity === 'error' ? colors.red : colors.yellow;
    const parts = [`${file}:${line}:${column}`, ref, message].map(oneLine);
    return `${colors.bold(parts[0] ?? '')} ${paint(severity)} ${parts.slice(1).join(' ')}\n`;
  });
  await write(stderr, lines.join(''));
}
