/** The conditions of a status. https://kubernetes.io/docs/reference/kubernetes-api/definitions/condition-v1-meta/ */
import type { DiagnosticCode } from '../api/codes.js';
import type { Diagnostic } from '../api/diagnostic.js';
import type { Status } from './approval.js';

export type ConditionType = 'Accepted' | 'ResolvedRefs' | 'Programmed';

/** A condition without the time since when it has its status. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  /** Why, in one word. */
  readonly reason: string;
  /** Why, in a sentence. */
  readonly message: string;
  readonly observedGeneration: number;
}

export interface ConditionSubject {
  readonly status: Status;
  readonly generation: number;
  /** All findings about the resource. */
  readonly findings: readonly Diagnostic[];
  /** The connected proxies that the resource concerns, and how many of them hold it. `undefined`: it is no configuration of Envoy. */
  readonly proxies: { readonly proxies: number; readonly programmed: number } | undefined;
}

/** Findings about something that the resource names and that does not exist. */
const UNRESOLVED: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  'BackingServiceNotFound',
  'BackingPortNotFound',
  'BackingMeshNotFound',
  'MeshNotFound',
  'VirtualMeshNotFound',
  'DestinationNotFound',
  'ShiftTargetNotFound',
  'TargetPortNotFound',
  'MirrorTargetNotFound',
  'SubsetNotFound',
]);

/** Kubernetes limits the messages of conditions to 32 768 characters. */
const LONGEST_MESSAGE = 4_096;

export function conditionsOf(subject: ConditionSubject): readonly Condition[] {
  const { generation: observedGeneration, proxies } = subject;
  const found: readonly Omit<Condition, 'observedGeneration'>[] = [
    accepted(subject),
    resolved(subject),
    ...(proxies === undefined ? [] : [programmed(subject, proxies)]),
  ];
  return found.map((condition) => ({
    ...condition,
    message: condition.message.slice(0, LONGEST_MESSAGE),
    observedGeneration,
  }));
}

/** A resource that an Envoy rejected is accepted here. */
function accepted({ status }: ConditionSubject): Omit<Condition, 'observedGeneration'> {
  const type = 'Accepted';
  if (status['state'] !== 'INVALID')
    return { type, status: 'True', reason: 'Accepted', message: 'The resource is valid.' };
  return { type, status: 'False', reason: 'Invalid', message: sentences(status['errors']) };
}

function resolved({ findings }: ConditionSubject): Omit<Condition, 'observedGeneration'> {
  const type = 'ResolvedRefs';
  const missing = findings.filter(({ code }) => UNRESOLVED.has(code));
  const [first] = missing;
  if (first === undefined)
    return { type, status: 'True', reason: 'ResolvedRefs', message: 'All that the resource names exists.' };
  return { type, status: 'False', reason: first.code, message: missing.map(({ message }) => message).join(' ') };
}

function programmed(
  { status }: ConditionSubject,
  { proxies, programmed: current }: NonNullable<ConditionSubject['proxies']>,
): Omit<Condition, 'observedGeneration'> {
  const type = 'Programmed';
  const count = `${String(current)} of ${String(proxies)} proxies that see it and are connected to the writing replica have acknowledged it.`;
  if (status['state'] === 'FAILED')
    return { type, status: 'False', reason: 'Rejected', message: `${count} ${sentences(status['errors'])}` };
  if (status['state'] === 'INVALID')
    return {
      type,
      status: 'False',
      reason: 'Invalid',
      message: 'The last valid version stays in force, if there is one.',
    };
  if (proxies === 0)
    return {
      type,
      status: 'Unknown',
      reason: 'NoProxies',
      message: 'No proxy that sees it is connected to the writing replica.',
    };
  if (current < proxies) return { type, status: 'False', reason: 'Pending', message: count };
  return { type, status: 'True', reason: 'Programmed', message: count };
}

function sentences(errors: unknown): string {
  return Array.isArray(errors) ? errors.join(' ') : '';
}
