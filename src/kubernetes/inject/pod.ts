/** What a Pod is with the sidecar: a pure function of plain data. Applied to its own result it changes nothing. */
import { type Mapping, isDataMapping, isSameData, asList } from '../edits/data.js';
import { type HostAliases, hostAliases } from './host-aliases.js';
import { type InjectOptions, INJECTED_ANNOTATION, SIDECAR_NAME, TLS_VOLUME } from './options.js';
import { type PodProblem, problemsOf } from './problems.js';
import { readRecord, writeRecord } from './record.js';
import { sidecar } from './sidecar.js';

export interface InjectedPod {
  /** `metadata` and `spec`; the Pod itself if there is an error. */
  readonly pod: Mapping;
  readonly problems: readonly PodProblem[];
}

/**
 * @param pod a Pod, or the template of one.
 * @param spec its `spec`.
 */
export function injectedPod(pod: Mapping, spec: Mapping, options: InjectOptions): InjectedPod {
  const problems = problemsOf(pod, spec, options);
  if (problems.some(({ severity }) => severity === 'error')) return { pod, problems };
  const metadata = isDataMapping(pod['metadata']) ? pod['metadata'] : {};
  const annotations = isDataMapping(metadata['annotations']) ? metadata['annotations'] : {};
  const before = readRecord(annotations);
  const aliases = hostAliases(spec['hostAliases'], before === 'invalid' ? {} : (before ?? {}), options.hostAliases);
  const record = { [INJECTED_ANNOTATION]: writeRecord(aliases.added) };
  const injected = {
    ...pod,
    metadata: { ...metadata, annotations: { ...annotations, ...record } },
    spec: injectedSpec(spec, aliases.entries, sidecar(podLabels(metadata), options), options),
  };
  return { pod: injected, problems: [...problems, ...takenHostnames(aliases.taken)] };
}

function injectedSpec(
  spec: Mapping,
  aliases: readonly unknown[],
  container: object,
  { tlsSecret }: InjectOptions,
): Mapping {
  const volume = tlsSecret === undefined ? undefined : { name: TLS_VOLUME, secret: { secretName: tlsSecret } };
  const containers = withOwn(asList(spec['initContainers']), SIDECAR_NAME, container);
  const volumes = withOwn(asList(spec['volumes']), TLS_VOLUME, volume);
  const lists = { hostAliases: aliases, initContainers: containers, volumes };
  return Object.entries(lists).reduce((result, [list, items]) => withList(result, list, items), spec);
}

/** The items with the own one in the place of the old one, or first; without it if there is none. */
function withOwn(items: readonly unknown[], name: string, own: object | undefined): readonly unknown[] {
  const index = items.findIndex((item) => isDataMapping(item) && item['name'] === name);
  if (index < 0) return own === undefined ? items : [own, ...items];
  return own === undefined ? items.filter((_item, at) => at !== index) : items.with(index, own);
}

/** An empty list is left out, unless it was there. */
function withList(spec: Mapping, list: string, items: readonly unknown[]): Mapping {
  if (isSameData(asList(spec[list]), items)) return spec;
  if (items.length > 0) return { ...spec, [list]: items };
  return Object.fromEntries(Object.entries(spec).filter(([key]) => key !== list));
}

/** Labels of other types are refused by the API server. */
export function podLabels({ labels }: Mapping): Readonly<Record<string, string>> {
  if (!isDataMapping(labels)) return {};
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function takenHostnames(taken: HostAliases['taken']): readonly PodProblem[] {
  return taken.map(({ hostname, address }) => ({
    severity: 'warning',
    path: ['spec', 'hostAliases'],
    message: `The Pod itself maps ${hostname} to ${address}, which stays, so its requests to that name do not reach Envoy.`,
  }));
}
