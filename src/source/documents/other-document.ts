/**
 * Recognizes documents that are not resources, and explains what they probably are. It must not know kinds of resources.
 */
import { describeWritten } from '../../api/describe.js';
import type { Severity } from '../../api/diagnostic.js';

export interface OtherDocument {
  /** A warning if the document cannot contain a resource. */
  readonly severity: Severity;
  readonly message: string;
}

type Mapping = Readonly<Record<string, unknown>>;

const SHAPE = 'A resource is a mapping with apiVersion, kind and metadata';

/** The message about a document that is not a mapping. */
export function notAMapping(value: unknown, written: string | undefined): string {
  const is = `${SHAPE}; this is ${describeWritten(value, written)}.`;
  if (!Array.isArray(value)) return is;
  return `${is} Separate resources by lines of "---", or make the list the "items" of a document of "kind: List".`;
}

/** Keys that a kustomization has and a resource does not. https://kubectl.docs.kubernetes.io/references/kustomize/ */
const KUSTOMIZATION_KEYS = [
  ...['resources', 'bases', 'components', 'patches', 'patchesStrategicMerge', 'patchesJson6902', 'configMapGenerator'],
  ...[
    'secretGenerator',
    'namePrefix',
    'nameSuffix',
    'commonLabels',
    'commonAnnotations',
    'generatorOptions',
    'helmCharts',
  ],
];
const KUSTOMIZATION =
  'This is a kustomization, not a resource; it is ignored. Run "kubectl kustomize" and give Lifeboat what it prints.';
const CHART =
  'This is the description of a Helm chart, not a resource. Run "helm template" and give Lifeboat what it prints.';

/** What a mapping is if it is not a resource; `undefined` if it may be one. */
export function otherDocument(document: Mapping): OtherDocument | undefined {
  const { apiVersion, kind } = document;
  if (kind === 'Kustomization' && isAbsent(apiVersion)) return { severity: 'warning', message: KUSTOMIZATION };
  if (typeof apiVersion === 'string' && apiVersion.startsWith('kustomize.config.k8s.io/')) {
    return { severity: 'warning', message: KUSTOMIZATION };
  }
  if (!isAbsent(kind)) return undefined;
  if (apiVersion === 'v1' || apiVersion === 'v2') return chart(document);
  if (!isAbsent(apiVersion) || 'metadata' in document) return undefined;
  if (KUSTOMIZATION_KEYS.some((key) => key in document)) return { severity: 'warning', message: KUSTOMIZATION };
  const keys = Object.keys(document)
    .slice(0, 3)
    .map((key) => JSON.stringify(key))
    .join(', ');
  const begins = keys === '' ? 'nothing' : keys;
  const message = `${SHAPE}; this has none of them, but ${begins}. Move files that are not resources, such as values of a Helm chart, out of this path.`;
  return { severity: 'error', message };
}

/** https://helm.sh/docs/topics/charts/#the-chartyaml-file */
function chart(document: Mapping): OtherDocument | undefined {
  const isChart = typeof document['name'] === 'string' && 'version' in document && !('metadata' in document);
  return isChart ? { severity: 'warning', message: CHART } : undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
