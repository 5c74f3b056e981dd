/**
 * The CustomResourceDefinitions of all kinds that are not Kubernetes' own. They are made of the same schemas as those that `lifeboat check` uses.
 * https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/
 */
import { type DocumentSchema, type Schemas, readPatternSchemas, readStatusSchemas } from '../../api/decode-schema.js';
import { pluralOf } from '../../api/kinds.js';
import { kinds } from '../../generated/resources.js';
import { type CustomKind, customKindsOf } from './names.js';
import { type PrinterColumn, printerColumnsOf } from './printer-columns.js';
import { type StructuralSchema, toStructural } from './structural-schema.js';
import { statusSchema } from './status-schema.js';

export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced';
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames?: readonly string[];
      readonly categories: readonly string[];
    };
    readonly versions: readonly CustomVersion[];
  };
}

interface CustomVersion {
  readonly name: string;
  readonly served: true;
  /** The newest version is the one that the server stores. All versions of a kind have the same fields. */
  readonly storage: boolean;
  readonly schema: { readonly openAPIV3Schema: StructuralSchema };
  readonly subresources: { readonly status: Readonly<Record<string, never>> };
  readonly additionalPrinterColumns: readonly PrinterColumn[];
}

/** Of each kind one for each of its groups, in the order of their names. */
export function customResourceDefinitions(): readonly CustomResourceDefinition[] {
  const schemas = readPatternSchemas();
  const statuses = readStatusSchemas();
  return kinds
    .flatMap(customKindsOf)
    .map((kind) => definitionOf(kind, schemaOf(kind, schemas, statuses)))
    .sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
}

function definitionOf(kind: CustomKind, schema: StructuralSchema): CustomResourceDefinition {
  const plural = pluralOf(kind.kind);
  // `fs` is also a name of other projects' kinds, so only `lifeboat get` takes it.
  const shortNames = kind.aliases.includes(kind.kind) ? [] : kind.shortNames.filter((name) => name !== 'fs');
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${kind.group}`, labels: { 'app.kubernetes.io/part-of': 'lifeboat' } },
    spec: {
      group: kind.group,
      scope: 'Namespaced',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural,
        singular: kind.kind.toLowerCase(),
        ...(shortNames.length > 0 && { shortNames }),
        categories: ['lifeboat'],
      },
      versions: kind.versions.map((name) => ({
        name,
        served: true,
        storage: name === kind.versions.at(-1),
        schema: { openAPIV3Schema: schema },
        subresources: { status: {} },
        additionalPrinterColumns: printerColumnsOf(kind, schema),
      })),
    },
  };
}

function schemaOf(kind: CustomKind, schemas: Schemas, statuses: Schemas): StructuralSchema {
  const document = found(schemas, kind.message);
  const { description, properties } = document;
  const spec = toStructural(document, properties?.['spec'] ?? {});
  const isRequired = !admitsNothing(document, kind, spec);
  return {
    ...(description !== undefined && { description }),
    type: 'object',
    ...(isRequired && { required: ['spec'] }),
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: isRequired ? spec : { ...spec, nullable: true },
      ...(kind.status !== undefined && { status: statusSchema(found(statuses, kind.status)) }),
    },
  };
}

/** Whether a resource of the kind may have an empty spec, or none. */
function admitsNothing(document: DocumentSchema, { message }: CustomKind, { required }: StructuralSchema): boolean {
  return required === undefined && document.definitions[message]?.rules === undefined;
}

function found(schemas: Schemas, message: string): DocumentSchema {
  const schema = schemas[message];
  if (schema === undefined) throw new Error(`no schema of ${message}`);
  return schema;
}
