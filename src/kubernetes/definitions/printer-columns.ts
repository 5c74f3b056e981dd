/** The columns that `kubectl get` shows. */
import type { CustomKind } from './names.js';
import type { StructuralSchema } from './structural-schema.js';

export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly description: string;
  readonly jsonPath: string;
}

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  description: 'Time since the resource was created.',
  jsonPath: '.metadata.creationTimestamp',
};

const STATE: PrinterColumn = {
  name: 'State',
  type: 'string',
  description: 'Whether the resource is in force.',
  jsonPath: '.status.state',
};

function column(name: string, type: PrinterColumn['type'], jsonPath: string, description: string): PrinterColumn {
  return { name, type, description, jsonPath };
}

const ONE_HOST: readonly PrinterColumn[] = [
  column('Hostname', 'string', '.spec.hostname', 'DNS name that clients call.'),
  column('Port', 'integer', '.spec.port.number', 'Port that clients call.'),
];

/** By kind, or by kind and group if the versions of a kind have different fields: the columns before those that all kinds have. */
const COLUMNS: Readonly<Record<string, readonly PrinterColumn[]>> = {
  FailoverService: ONE_HOST,
  'VirtualDestination.networking.enterprise.mesh.gloo.solo.io': ONE_HOST,
  'VirtualDestination.networking.gloo.solo.io': [
    column('Hosts', 'string', '.spec.hosts', 'DNS names that clients call.'),
    column('Ports', 'string', '.spec.ports[*].number', 'Ports that clients call.'),
  ],
};

export function printerColumnsOf({ kind, group }: CustomKind, schema: StructuralSchema): readonly PrinterColumn[] {
  const columns = COLUMNS[`${kind}.${group}`] ?? COLUMNS[kind] ?? [];
  const hasState = schema.properties?.['status']?.properties?.['state'] !== undefined;
  return [...columns, ...(hasState ? [STATE] : []), AGE];
}
