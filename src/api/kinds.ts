/** The kinds of resources that are read: which one a document is of, and what its resources are called. */
import { type KindDescription, type ResourceMessages, kinds } from '../generated/resources.js';
import type { DiagnosticCode } from './codes.js';
import { type ObjectMeta, type ResourceRef, CLUSTER_ANNOTATION, compareText } from './resource.js';
import { replacementFor } from './replacements.js';
import { didYouMean, suggest } from './suggest.js';

type Row = (typeof kinds)[number];

/** The name of a kind that is read. Aliases are not among them. */
export type KindName = Row['kind'];

/** What a resource of each kind says. A kind that comes in versions of different shape has one of several. */
export type KindSpecs = {
  readonly [Kind in KindName]: ResourceMessages[Extract<Row, { readonly kind: Kind }>['message']];
};

/** A kind in one of its versions. */
export type KnownKind = KindDescription & { readonly kind: KindName };

/** A kind or version that is not read. */
export interface UnknownKind {
  readonly code: DiagnosticCode & ('UnknownKind' | 'UnknownApiVersion');
  readonly message: string;
  /** Whether a kind that is read was probably meant. */
  readonly mistaken: boolean;
}

const descriptions: readonly KnownKind[] = kinds;
const versionsByName = groupByName();
const kindsByWord = groupByWord();
const names = [...versionsByName.keys()].sort(compareText);
const DEFAULT_NAMESPACE = 'default';

/** Every kind that is read, sorted. */
export const kindNames: readonly KindName[] = [...new Set(descriptions.map(({ kind }) => kind))].sort(compareText);

const KIND_NAMES: ReadonlySet<string> = new Set(kindNames);

/**
 * The kind that somebody asks for, in any case: by its name or alias, singular or plural (`failoverpolicies`), or a short name (`fop`), with
 * or without the API group (`failoverpolicies.resilience.policy.gloo.solo.io`).
 */
export function findKind(asked: string): KindName | undefined {
  const word = (asked.split('.', 1)[0] ?? '').toLowerCase();
  return kindsByWord.get(word);
}

/** Whether it is the name of a kind that is read, and no alias. */
export function isKindName(kind: string): kind is KindName {
  return KIND_NAMES.has(kind);
}

/** The short names of a kind. */
export function shortNamesOf(kind: KindName): readonly string[] {
  return [...new Set(descriptions.flatMap((known) => (known.kind === kind ? known.shortNames : [])))];
}

/** The names and short names of kinds, for suggestions. */
export function kindWords(): readonly string[] {
  return descriptions.flatMap(({ kind, aliases, shortNames }) => [kind, ...aliases, ...shortNames]);
}

/** Finds the kind that a document is of. */
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
 * Names a resource: an alias of its kind gives way to the kind, a missing namespace to the default. Where every cluster has
 * resources of the kind, the cluster that the annotation names is part of the name.
 */
export function refTo(
  { kind, clusterScoped, everyCluster }: KnownKind,
  { name, namespace, annotations }: Pick<ObjectMeta, 'name' | 'namespace'> & Partial<ObjectMeta>,
): ResourceRef {
  const cluster = everyCluster ? annotations?.[CLUSTER_ANNOTATION] : undefined;
  return { kind, namespace: clusterScoped ? '' : namespace || DEFAULT_NAMESPACE, name, ...(cluster && { cluster }) };
}

/** Whether every cluster has resources of its own of a kind, so that those of several may have the same name. */
export function isOfEveryCluster(kind: string): boolean {
  return versionsByName.get(kind)?.some(({ everyCluster }) => everyCluster) === true;
}

function groupByWord(): ReadonlyMap<string, KindName> {
  const words = new Map<string, KindName>();
  for (const { kind, aliases, shortNames } of descriptions) {
    for (const word of [kind, ...aliases].flatMap(wordsFor)) words.set(word, kind);
    for (const word of shortNames) words.set(word, kind);
  }
  return words;
}

/** A kind's name in lower case, singular and plural, also as people get that wrong: `meshs`. */
export function wordsFor(kind: string): readonly string[] {
  const name = kind.toLowerCase();
  return [name, `${name}s`, `${name}es`, name.replace(/y$/, 'ies')];
}

function groupByName(): ReadonlyMap<string, readonly KnownKind[]> {
  const groups = new Map<string, KnownKind[]>();
  for (const description of descriptions) {
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
