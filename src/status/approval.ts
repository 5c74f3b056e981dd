/** The states and types that all statuses share, from Gloo Mesh's validation_state.proto. */

export type ApprovalState = 'PENDING' | 'ACCEPTED' | 'INVALID' | 'FAILED';

export interface ApprovalStatus {
  /** From 0; absent if 0. */
  readonly acceptanceOrder?: number;
  readonly state: ApprovalState;
  readonly errors?: readonly string[];
}

export type Status = Readonly<Record<string, unknown>>;

export function approval(errors: readonly string[], order = 0): ApprovalStatus {
  return {
    ...(order > 0 && errors.length === 0 && { acceptanceOrder: order }),
    state: errors.length === 0 ? 'ACCEPTED' : 'INVALID',
    ...(errors.length > 0 && { errors }),
  };
}

/** The name of an object in a status: `name.namespace.cluster`. The cluster is empty for objects of the control plane: `name.namespace.`. */
export function statusKey(objectKey: string): string {
  return `${objectKey}.`;
}

/** Service Mesh Hub writes 64-bit numbers as strings, as proto JSON does; later versions write numbers. */
export function observedGeneration(apiVersion: string, generation: number): string | number {
  return apiVersion.startsWith('networking.smh.solo.io/') ? String(generation) : generation;
}
