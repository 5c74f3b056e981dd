/** The states and the shapes that every status shares. Gloo Mesh's validation_state.proto. */

export type ApprovalState = 'PENDING' | 'ACCEPTED' | 'INVALID' | 'FAILED';

export interface ApprovalStatus {
  /** Counts from 0; left out when 0. */
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

/** How a status names an object of another cluster; the cluster is empty for objects of the control plane's own: `name.namespace.`. */
export function statusKey(objectKey: string): string {
  return `${objectKey}.`;
}

/** Service Mesh Hub printed 64-bit numbers as protobuf's JSON does, as a string; its successors as a number. */
export function observedGeneration(apiVersion: string, generation: number): string | number {
  return apiVersion.startsWith('networking.smh.solo.io/') ? String(generation) : generation;
}
