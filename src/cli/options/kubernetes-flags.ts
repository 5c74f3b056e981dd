/** The flags of `serve` that name Kubernetes clusters, and how they are reached. */
import type { KubernetesClusters, WatchedCluster } from '../../source/index.js';
import { readFile } from 'node:fs/promises';
import type { ServerOptions } from '../../serve.js';
import { CliError } from '../output/cli-error.js';
import { Flag } from './flag.js';
import { readCount } from './quantities.js';

export interface KubernetesFlags {
  /** `true`: without names. From the environment or the settings, the only entry of a list is `true` or `false`. */
  readonly kubernetes?: true | readonly string[];
  readonly kubeconfig?: string;
  readonly management?: string;
  readonly clusterName?: string;
  readonly watchNamespaces?: readonly string[];
  readonly namespace?: string;
  readonly clusterMeshes?: 'on' | 'off';
  readonly writeStatuses?: 'on' | 'off';
  readonly statusWritesPerSecond?: string;
}

export function kubernetesFlags(): readonly Flag[] {
  return [
    new Flag(
      '--kubernetes [name=context...]',
      'read resources from Kubernetes: from the cluster of the pod or the current context, or from these contexts of the kubeconfig, each under the NAME that resources use; repeatable',
    ),
    new Flag('--kubeconfig <file>', 'kubeconfig with the contexts', {
      without: 'KUBECONFIG, else ~/.kube/config; in a pod its service account',
    }),
    new Flag('--management <name>', 'the cluster that has the custom resources', { without: 'the first one' }),
    new Flag(
      '--cluster-name <name>',
      'the name that resources use for the cluster of --kubernetes without NAME=CONTEXT',
      {
        without: "the context's name",
      },
    ),
    new Flag('--watch-namespaces <namespace...>', 'read only the resources of these namespaces', { without: 'all' }),
    new Flag('--namespace <namespace>', 'the namespace of the Lease, and of the Meshes that are made up', {
      without: "the pod's, else lifeboat",
    }),
    new Flag(
      '--cluster-meshes <on|off>',
      'make up a Mesh lifeboat-NAME for each cluster that has none; without any Mesh all Envoys see all services',
      { choices: ['on', 'off'], without: 'on' },
    ),
    new Flag(
      '--write-statuses <on|off>',
      'write statuses and events to the management cluster while this replica holds the Lease lifeboat',
      { choices: ['on', 'off'], without: 'on' },
    ),
    new Flag('--status-writes-per-second <number>', 'most statuses written in a second', { without: '10' }),
  ];
}

/** What `serve` does with the clusters besides reading from them. */
export type KubernetesOptions = Pick<ServerOptions, 'kubernetes' | 'kubernetesMeshes' | 'kubernetesWrites'>;

/**
 * Without `--kubernetes` empty.
 * @throws CliError (usage) as `kubernetesClustersOf`, and for an invalid namespace or number
 */
export async function kubernetesOptionsOf(
  flags: KubernetesFlags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<KubernetesOptions> {
  const kubernetes = await kubernetesClustersOf(flags, env);
  if (kubernetes === undefined) return {};
  refuseWithoutUse(flags);
  const namespace = await namespaceOf(flags.namespace, env);
  const config = kubernetes.clusters.find(({ isManagement }) => isManagement)?.config;
  const writesPerSecond = readCount(flags.statusWritesPerSecond ?? '10');
  if (writesPerSecond === undefined)
    throw new CliError(
      'usage',
      `--status-writes-per-second ${String(flags.statusWritesPerSecond)}: must be a whole number of at least 1.`,
    );
  return {
    kubernetes,
    ...(flags.clusterMeshes !== 'off' && { kubernetesMeshes: { namespace } }),
    ...(flags.writeStatuses !== 'off' && config && { kubernetesWrites: { config, namespace, writesPerSecond } }),
  };
}

function refuseWithoutUse(flags: KubernetesFlags): void {
  if (flags.writeStatuses !== 'off') return;
  if (flags.statusWritesPerSecond !== undefined)
    throw new CliError('usage', '--status-writes-per-second: has no effect with --write-statuses off.');
  if (flags.namespace !== undefined && flags.clusterMeshes === 'off')
    throw new CliError('usage', '--namespace: has no effect with --write-statuses off and --cluster-meshes off.');
}

/** Where Kubernetes tells a pod its namespace. https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

async function namespaceOf(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  if (flag !== undefined && !NAMESPACE.test(flag))
    throw new CliError('usage', `--namespace ${flag}: is not a name of a namespace.`);
  if (flag !== undefined) return flag;
  if (env['KUBERNETES_SERVICE_HOST'] === undefined) return 'lifeboat';
  const text = await readFile(NAMESPACE_FILE, 'utf8').catch(() => '');
  return NAMESPACE.test(text.trim()) ? text.trim() : 'lifeboat';
}

/** A context of the kubeconfig, under the name that resources use. `undefined`: the pod's cluster, or the current context. */
interface NamedContext {
  readonly name: string | undefined;
  readonly context: string | undefined;
}

/**
 * The clusters to read from; `undefined` without `--kubernetes`.
 * @throws CliError (usage) for a flag without effect, an invalid name, or a kubeconfig that cannot be read or lacks a context
 */
export async function kubernetesClustersOf(
  flags: KubernetesFlags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<KubernetesClusters | undefined> {
  const texts = textsOf(flags.kubernetes);
  if (texts === undefined) {
    refuseWithoutKubernetes(flags);
    return undefined;
  }
  const named = contextsOf(texts, flags.clusterName);
  const clusters = await Promise.all(named.map((context) => clusterOf(context, flags.kubeconfig, env)));
  const management = flags.management ?? clusters[0]?.name;
  if (!clusters.some(({ name }) => name === management))
    throw new CliError(
      'usage',
      `--management ${String(management)}: is none of the clusters of --kubernetes (${clusters.map(({ name }) => name).join(', ')}).`,
    );
  return {
    clusters: clusters.map((cluster) => ({ ...cluster, isManagement: cluster.name === management })),
    namespaces: namespacesOf(flags.watchNamespaces ?? []),
  };
}

/** Each NAME=CONTEXT. `undefined`: nothing is read from Kubernetes. */
function textsOf(kubernetes: KubernetesFlags['kubernetes']): readonly string[] | undefined {
  if (kubernetes === undefined || kubernetes === true) return kubernetes && [];
  const [only, ...others] = kubernetes;
  if (others.length > 0) return kubernetes;
  if (only === 'false') return undefined;
  return only === 'true' ? [] : kubernetes;
}

function refuseWithoutKubernetes(flags: KubernetesFlags): void {
  const given = Object.entries({
    '--kubeconfig': flags.kubeconfig,
    '--management': flags.management,
    '--cluster-name': flags.clusterName,
    '--watch-namespaces': flags.watchNamespaces,
    '--namespace': flags.namespace,
    '--cluster-meshes': flags.clusterMeshes,
    '--write-statuses': flags.writeStatuses,
    '--status-writes-per-second': flags.statusWritesPerSecond,
  }).find(([, value]) => value !== undefined);
  if (given !== undefined) throw new CliError('usage', `${given[0]}: has an effect only with --kubernetes.`);
}

/** A name of a cluster, as in `--config NAME=PATH`. */
const NAME = /^[A-Za-z0-9](?:[-\w.:@]*[A-Za-z0-9])?$/u;

function contextsOf(texts: readonly string[], clusterName: string | undefined): readonly NamedContext[] {
  if (texts.length === 0) return [{ name: clusterName, context: undefined }];
  if (clusterName !== undefined)
    throw new CliError('usage', '--cluster-name: the clusters of --kubernetes have names already.');
  const contexts = texts.map((text) => {
    const equals = text.indexOf('=');
    const [name, context] = [text.slice(0, equals), text.slice(equals + 1)];
    if (equals > 0 && NAME.test(name) && context !== '') return { name, context };
    throw new CliError(
      'usage',
      `--kubernetes ${text}: must be NAME=CONTEXT, the name that resources use and a context of the kubeconfig, such as east=kind-east.`,
    );
  });
  const twice = contexts.find(({ name }, index) => contexts.findIndex((one) => one.name === name) < index);
  if (twice === undefined) return contexts;
  throw new CliError('usage', `--kubernetes ${twice.name}=${twice.context}: the name ${twice.name} is given twice.`);
}

const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u;

function namespacesOf(texts: readonly string[]): readonly string[] {
  const names = [...new Set(texts.flatMap((text) => text.split(',')))];
  const wrong = names.find((name) => !NAMESPACE.test(name));
  if (wrong === undefined) return names;
  throw new CliError('usage', `--watch-namespaces ${wrong}: is not a name of a namespace.`);
}

async function clusterOf(
  { name, context }: NamedContext,
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Omit<WatchedCluster, 'isManagement'>> {
  // Loaded on demand: the package has a megabyte of code.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const isPod = file === undefined && context === undefined && env['KUBERNETES_SERVICE_HOST'] !== undefined;
  try {
    if (file !== undefined) config.loadFromFile(file);
    else if (isPod) config.loadFromCluster();
    else config.loadFromDefault();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new CliError('usage', `${file === undefined ? '--kubernetes' : `--kubeconfig ${file}`}: ${reason}.`, {
      cause: error,
    });
  }
  if (isPod && name === undefined)
    throw new CliError('usage', '--kubernetes: a pod does not know the name of its cluster. Give --cluster-name.');
  if (context !== undefined) config.setCurrentContext(context);
  const known = config.getContexts().map((one) => one.name);
  const current = config.getCurrentContext();
  if (config.getCurrentCluster() !== null) return { name: name ?? current, config };
  throw new CliError(
    'usage',
    `--kubernetes: the kubeconfig has no context ${current} with a cluster.${known.length > 0 ? ` It has ${known.join(', ')}.` : ''}`,
  );
}
