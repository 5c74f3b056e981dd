/** What keeps a Pod from being injected, and what a user should know of it. */
import { type Mapping, isDataMapping, asList } from '../edits/data.js';
import { appPorts } from './app-ports.js';
import { type InjectOptions, INJECTED_ANNOTATION, SIDECAR_NAME, TLS_VOLUME } from './options.js';
import { readRecord } from './record.js';

export interface PodProblem {
  readonly severity: 'error' | 'warning';
  /** From the Pod. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Errors: the sidecar could not work. */
export function problemsOf(pod: Mapping, spec: Mapping, options: InjectOptions): readonly PodProblem[] {
  return [...wrongTypes(pod, spec), ...foreignNames(pod, spec), ...takenPorts(spec, options), ...hostNetwork(spec)];
}

/** What is added to must be of the right type; `null` is as good as nothing. */
function wrongTypes(pod: Mapping, spec: Mapping): readonly PodProblem[] {
  const { metadata } = pod;
  const mappings = [
    { path: ['metadata'], value: metadata },
    { path: ['metadata', 'annotations'], value: isDataMapping(metadata) ? metadata['annotations'] : undefined },
  ].filter(({ value }) => !isDataMapping(value ?? {}));
  const lists = ['hostAliases', 'initContainers', 'volumes'].filter((list) => !Array.isArray(spec[list] ?? []));
  return [
    ...mappings.map(({ path }) => error(path, `${path.join('.')} must be a mapping.`)),
    ...lists.map((list) => error(['spec', list], `spec.${list} must be a list.`)),
  ];
}

function foreignNames(pod: Mapping, spec: Mapping): readonly PodProblem[] {
  const annotations = isDataMapping(pod['metadata']) ? pod['metadata']['annotations'] : undefined;
  const record = readRecord(annotations);
  if (record === 'invalid') {
    const message = `The annotation ${INJECTED_ANNOTATION} was not written by lifeboat inject. Remove it.`;
    return [error(['metadata', 'annotations', INJECTED_ANNOTATION], message)];
  }
  const lists = record === undefined ? (['initContainers', 'containers'] as const) : (['containers'] as const);
  return [
    ...lists.flatMap((list) => named(spec, list, SIDECAR_NAME, 'container')),
    ...(record === undefined ? named(spec, 'volumes', TLS_VOLUME, 'volume') : []),
  ];
}

function named(spec: Mapping, list: string, name: string, what: string): readonly PodProblem[] {
  return asList(spec[list]).flatMap((item, index) =>
    isDataMapping(item) && item['name'] === name
      ? [error(['spec', list, index, 'name'], `The name ${name} is that of the injected ${what}. Rename this one.`)]
      : [],
  );
}

function takenPorts(spec: Mapping, { admin, readyPort }: InjectOptions): readonly PodProblem[] {
  const reserved = [
    { number: admin.port, use: "Envoy's admin interface", flag: '--envoy-admin-address' },
    { number: readyPort, use: "Envoy's readiness", flag: '--ready-port' },
  ];
  return appPorts(spec).flatMap(({ container, port, path }) =>
    reserved
      .filter(({ number }) => number === port)
      .map(({ use, flag }) =>
        error(path, `Container ${container} uses port ${port}, which ${use} needs. Choose another one with ${flag}.`),
      ),
  );
}

function hostNetwork(spec: Mapping): readonly PodProblem[] {
  if (spec['hostNetwork'] !== true) return [];
  const message =
    "The Pod uses the network of its Node, so Envoy's ports are taken on the Node. Two such Pods on one Node need different --listen-address, --ready-port and --envoy-admin-address.";
  return [{ severity: 'warning', path: ['spec', 'hostNetwork'], message }];
}

function error(path: PodProblem['path'], message: string): PodProblem {
  return { severity: 'error', path, message };
}
