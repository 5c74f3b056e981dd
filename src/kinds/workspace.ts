import { workspaceKey } from '../mesh/model/object-key.js';
import { plainStatusWithWarnings } from '../status/plain.js';
import { workspaceStatus } from '../status/workspace.js';
import { inputRowOf } from './input-row.js';
import type { Kind } from './kind.js';

export const workspace: Kind = {
  input: ({ workspaces }, ref) => inputRowOf(workspaces, workspaceKey(ref)),
  findings: (read, { virtualDestinationPolicies }, ref) =>
    read(virtualDestinationPolicies.workspaces.findings, workspaceKey(ref)) ?? [],
  status: (graph, model, subject) =>
    workspaceStatus(graph, model, subject.resource.ref.name, plainStatusWithWarnings(graph, model, subject)),
  isInMessages: false,
};
