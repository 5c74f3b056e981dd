/** The supported kinds of resources. Recognizes the kind of a document, and names its resources. */
import { type KindDescription, type ResourceMessages, kinds } from '../generated/resources.js';
import type { DiagnosticCode } from './codes.js';
import { type ObjectMeta, type RawResource, type ResourceRef, CLUSTER_ANNOTATION, compareText } from './resource.js';
import { replacementFor } from './replacements.js';
import { didYouMean, suggest } from './suggest.js';

type Row = (typeof kinds)[number];

/** The name of a supported kind, not an alias. */
export type KindName = Row['kind'];

/** The specs of each kind. A union if the versions of a kind have different shapes. */
export type KindSpecs = {
  readonly [Kind in KindName]: ResourceMessages[Extract<Row, { readonly kind: Kind }>['message']];
};

/** A supported kind, in the versions that have the same shape. */
export type KnownKind = KindDescription & { readonly kind: KindName };

/** A kind or version that is not supported. */
export interface UnknownKind {
  readonly code: DiagnosticCode & ('UnknownKind' | 'UnknownApiVersion');
  readonly message: string;
  /** Whether the user probably meant a supported kind. */
  readonly mistaken: boolean;
}

/** Every kind, once for each shape that its versions have. */
export const knownKinds: readonly KnownKind[] = kinds;
const versionsByName = groupByName();
const kindsByWord = groupByWord();
const names = [...versionsByName.keys()].sort(compareText);
const DEFAULT_NAMESPACE = 'default';

/** The names of all supported kinds, sorted. */
export const kindNames: readonly KindName[] = [...new Set(knownKinds.map(({ kind }) => kind))].sort(compareText);

const KIND_NAMES: ReadonlySet<string> = new Set(kindNames);

/**
 * Finds a kind by its name or alias, singular or plural (`failoverpolicies`), or by a short name (`fop`). The API group is optional
 * (`failoverpolicies.resilience.policy.gloo.solo.io`). Case does not matter.
 */
export function findKind(asked: string): KindName | undefined {
  const word = (asked.split('.', 1)[0] ?? '').toLowerCase();
  return kindsByWord.get(word);
}

/** Whether the text is the name of a supported kind, not an alias. */
export function isKindName(kind: string): kind is KindName {
  return KIND_NAMES.has(kind);
}

export function shortNamesOf(kind: KindName): readonly string[] {
  return [...new Set(knownKinds.flatMap((known) => (known.kind === kind ? known.shortNames : [])))];
}

/** The names, aliases and short names of all kinds, for suggestions. */
export function kindWords(): readonly string[] {
  return knownKinds.flatMap(({ kind, aliases, shortNames }) => [kind, ...aliases, ...shortNames]);
}

/** The kind of a document, or why it is not supported. */
export function recognizeKind(apiVersion: string, kind: string): KnownKind | UnknownKind {
  const versions = versionsByName.get(kind);
  if (versions === undefined) return unknownKind(apiVersion, kind);
  const known = versions.find(({ apiVersions }) => apiVersions.includes(apiVersion));
  return (
    known ??
    unknownApiVersion(
      apiVersion,
      kind,
      versions.flatMap(({ apiVersions }) => apiVersions),
    )
  );
}

export function isKnownKind(kind: KnownKind | UnknownKind): kind is KnownKind {
  return 'apiVersions' in kind;
}

/**
 * The reference to a resource. Contains the name of the kind instead of an alias, and the default namespace if the resource has none. For
 * kinds of which every cluster has its own resources, it also contains the cluster that the annotation names.
 */
export function refTo(
  { kind, clusterScoped, everyCluster }: KnownKind,
  { name, namespace, annotations }: Pick<ObjectMeta, 'name' | 'namespace'> & Partial<ObjectMeta>,
): ResourceRef {
  const cluster = everyCluster ? annotations?.[CLUSTER_ANNOTATION] : undefined;
  return { kind, namespace: clusterScoped ? '' : namespace || DEFAULT_NAMESPACE, name, ...(cluster && { cluster }) };
}

/** The reference to a document of a supported kind. @throws Error for another kind */
export function refOfDocument({
  apiVersion,
  kind,
  metadata,
}: Pick<RawResource, 'apiVersion' | 'kind' | 'metadata'>): ResourceRef {
  const known = recognizeKind(apiVersion, kind);
  if (!isKnownKind(known)) throw new Error(known.message);
  return refTo(known, metadata);
}

/** Whether every cluster has its own resources of the kind, so that resources of different clusters can have the same name. */
export function isOfEveryCluster(kind: string): boolean {
  return versionsByName.get(kind)?.some(({ everyCluster }) => everyCluster) === true;
}

function groupByWord(): ReadonlyMap<string, KindName> {
  const words = new Map<string, KindName>();
  for (const { kind, aliases, shortNames } of knownKinds) {
    for (const word of [kind, ...aliases].flatMap(wordsFor)) words.set(word, kind);
    for (const word of shortNames) words.set(word, kind);
  }
  return words;
}

/** The name of a kind in lower case, singular and plural, including common misspellings of the plural, such as `meshs`. */
export function wordsFor(kind: string): readonly string[] {
  const name = kind.toLowerCase();
  return [name, `${name}s`, `${name}es`, pluralOf(kind)];
}

/** The plural in lower case, as Kubernetes writes it: `failoverpolicies`, `meshes`, `workspaces`. */
export function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith('y')) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

function groupByName(): ReadonlyMap<string, readonly KnownKind[]> {
  const groups = new Map<string, KnownKind[]>();
  for (const description of knownKinds) {
    for (const name of namesOf(description)) groups.set(name, [...(groups.get(name) ?? []), description]);
  }
  return groups;
}

function namesOf({ kind, aliases }: KnownKind): readonly string[] {
  return [kind, ...aliases];
}

function unknownKind(apiVersion: string, kind: string): UnknownKind {
  const suggestion = suggest(kind, names) ?? kindsByWord.get(kind.toLowerCase());
  const message = `Kind ${kind} is not supported. The resource is ignored.${replacementFor(apiVersion, kind) ?? didYouMean(suggestion)}`;
  return { code: 'UnknownKind', message, mistaken: suggestion !== undefined };
}

function unknownApiVersion(apiVersion: string, kind: string, accepted: readonly string[]): UnknownKind {
  const suggestion = suggest(apiVersion, accepted);
  const message = `${kind} is not supported in apiVersion ${apiVersion}. The resource is ignored. Supported versions: ${accepted.join(', ')}.${accepted.length > 1 ? didYouMean(suggestion) : ''}`;
  const mistaken = suggestion !== undefined || accepted.some((version) => groupOf(version) === groupOf(apiVersion));
  return { code: 'UnknownApiVersion', message, mistaken };
}

function groupOf(apiVersion: string): string {
  return apiVersion.slice(0, Math.max(0, apiVersion.lastIndexOf('/')));
}
