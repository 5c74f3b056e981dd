/** Finds the Pods and the templates of Pods in a document. It must not know what is added to them. */
import { isDataMapping, asList } from '../edits/data.js';

type Path = readonly (string | number)[];

/** An object that is a Pod or makes Pods. */
export interface Workload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The annotations of the object itself. */
  readonly annotations: unknown;
  /** Where the object is in its document. */
  readonly path: Path;
  /** Where its Pod (`metadata`, `spec`) is in the document. */
  readonly podPath: Path;
}

/** Where each kind has its Pod, by API group. https://kubernetes.io/docs/concepts/workloads/ */
const POD_PATHS: Readonly<Record<string, Readonly<Record<string, Path>>>> = {
  '': { Pod: [], ReplicationController: ['spec', 'template'] },
  apps: {
    DaemonSet: ['spec', 'template'],
    Deployment: ['spec', 'template'],
    ReplicaSet: ['spec', 'template'],
    StatefulSet: ['spec', 'template'],
  },
  batch: { CronJob: ['spec', 'jobTemplate', 'spec', 'template'], Job: ['spec', 'template'] },
};

/** The workloads of a document, among them those in the `items` of a list. */
export function workloadsIn(value: unknown, path: Path = []): readonly Workload[] {
  if (!isDataMapping(value)) return [];
  const { apiVersion, kind, items } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  if (kind.endsWith('List') && Array.isArray(items))
    return asList(items).flatMap((item, index) => workloadsIn(item, [...path, 'items', index]));
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const podPath = ownValue(ownValue(POD_PATHS, group) ?? {}, kind);
  if (podPath === undefined) return [];
  const metadata = isDataMapping(value['metadata']) ? value['metadata'] : {};
  const { annotations, generateName, name = generateName, namespace } = metadata;
  return [{ kind, namespace: text(namespace), name: text(name), annotations, path, podPath: [...path, ...podPath] }];
}

function ownValue<Value>(values: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, step) => {
    if (typeof step === 'number') return asList(at)[step];
    return isDataMapping(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }, value);
}

/** A copy of a value with another one at a path that exists. */
export function withValueAt(value: unknown, path: Path, replacement: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (typeof step === 'number')
    return asList(value).map((item, index) => (index === step ? withValueAt(item, rest, replacement) : item));
  return isDataMapping(value) ? { ...value, [step]: withValueAt(value[step], rest, replacement) } : value;
}
