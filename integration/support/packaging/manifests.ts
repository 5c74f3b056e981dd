/** What the Helm chart and the kustomizations of `deploy/` render. */
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { ApiServer } from '../kubernetes/api-server.js';
import { outputOf, programsOf } from '../kubernetes/programs.js';
import { ROOT } from '../processes/packed-project.js';

/** An object for an API server. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The root of the chart. */
export const CHART = join(ROOT, 'deploy/helm/lifeboat');

/** As Chart.yaml says. */
const OLDEST_KUBERNETES = '1.29.0';

const BUILD = join(ROOT, 'integration/support/packaging/build.sh');

let built: Promise<string | undefined> | undefined;

/** The path of Helm, which is built unless it is in `.cache`; `undefined` if there is no Go to build it with. */
export function helmProgram(): Promise<string | undefined> {
  built ??= outputOf('sh', [BUILD], { showErrors: true }).then((path) => path.trim() || undefined);
  return built;
}

export interface RenderOptions {
  /** Default: `lifeboat`. */
  readonly namespace?: string;
  /** Whether the CustomResourceDefinitions are rendered too. Default: no. */
  readonly definitions?: boolean;
}

/** What `helm install lifeboat` would send to an API server. Throws an error with what Helm says. */
export async function renderChart(values: object, options: RenderOptions = {}): Promise<string> {
  const helm = await helmProgram();
  if (helm === undefined) throw new Error('Helm cannot be built without Go.');
  const { namespace = 'lifeboat', definitions = false } = options;
  const flags = [
    `--namespace=${namespace}`,
    `--kube-version=${OLDEST_KUBERNETES}`,
    ...(definitions ? ['--include-crds'] : []),
  ];
  return outputOf(helm, ['template', 'lifeboat', CHART, ...flags, '--values=-'], { input: JSON.stringify(values) });
}

/** `helm install lifeboat`, or an upgrade of it. Returns the notes. */
export async function installChart({ kubeconfig }: ApiServer, values: object): Promise<string> {
  const helm = await helmProgram();
  if (helm === undefined) throw new Error('Helm cannot be built without Go.');
  const flags = [`--kubeconfig=${kubeconfig}`, '--namespace=lifeboat', '--create-namespace', '--install', '--values=-'];
  return outputOf(helm, ['upgrade', 'lifeboat', CHART, ...flags], { input: JSON.stringify(values) });
}

/** What `kubectl apply --kustomize` of this folder of the repository would send. */
export async function renderKustomization(folder: string): Promise<string> {
  const { kubectl } = await programsOf();
  return outputOf(kubectl, ['kustomize', join(ROOT, folder)]);
}

/** The objects in a stream of YAML documents. Helm and kubectl read YAML 1.1, in which 0440 is an octal number. */
export function manifestsIn(text: string): readonly Manifest[] {
  return parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const content = document.toJS() as Manifest | null;
    return content === null ? [] : [content];
  });
}
