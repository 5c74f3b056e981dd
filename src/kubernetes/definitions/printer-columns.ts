/** The columns that `kubectl get` shows. */
import type { CustomKind } from './names.js';

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

const HOSTNAME = 'DNS name that clients call.';
const PORT = 'Port that clients call.';

/** By group and kind: the columns before those that all kinds have. */
const COLUMNS: Readonly<Record<string, readonly PrinterColumn[]>> = {
  FailoverService: [
    column('Hostname', 'string', '.spec.hostname', HOSTNAME),
    column('Port', 'integer', '.spec.port.number', PORT),
  ],
  'VirtualDestination.networking.enterprise.mesh.gloo.solo.io': [
    column('Hostname', 'string', '.spec.hostname', HOSTNAME),
    column('Port', 'integer', '.spec.port.number', PORT),
  ],
  'VirtualDestination.networking.gloo.solo.io': [
    column('Hosts', 'string', '.spec.hosts', 'DNS names that clients call.'),
    column('Ports', 'string', '.spec.ports[*].number', 'Ports that clients call.'),
  ],
};

export function printerColumnsOf({ kind, group, status }: CustomKind): readonly PrinterColumn[] {
  const columns = COLUMNS[`${kind}.${group}`] ?? COLUMNS[kind] ?? [];
  return [...columns, ...(status === undefined ? [] : [STATE]), AGE];
}
