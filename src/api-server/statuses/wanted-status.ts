/** What the status of an object should be, and whether what is on the server has to be changed for it. */
import { isDeepStrictEqual } from 'node:util';
import type { StatusFields } from './on-server.js';

/** A condition without the time since when it has its status. */
export interface ReportedCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface ReportedStatus {
  /** The object, by the name that findings use. */
  readonly file: string;
  readonly status: StatusFields;
  readonly conditions: readonly ReportedCondition[];
}

/** A condition on the server, which anybody may have written. */
interface WrittenCondition {
  readonly type?: unknown;
  readonly status?: unknown;
  readonly lastTransitionTime?: unknown;
}

/** The status with the conditions. Those whose status is that on the server keep their time. `now`: milliseconds since the epoch. */
export function wantedStatus({ status, conditions }: ReportedStatus, before: StatusFields, now: number): StatusFields {
  const written: unknown = before['conditions'];
  const known = Array.isArray(written) ? (written as readonly (WrittenCondition | null)[]) : [];
  return {
    ...status,
    conditions: conditions.map((condition) => {
      const same = known.find((one) => one?.type === condition.type && one.status === condition.status);
      const since = same?.lastTransitionTime;
      return { ...condition, lastTransitionTime: typeof since === 'string' ? since : timeOf(now) };
    }),
  };
}

/** RFC 3339 in seconds, as Kubernetes has it. */
export function timeOf(now: number): string {
  return new Date(now).toISOString().replace(/\.\d+Z$/u, 'Z');
}

/** Whether two statuses differ at most in the sentences of conditions, such as the number of proxies. */
export function differOnlyInMessages(a: StatusFields, b: StatusFields): boolean {
  return isDeepStrictEqual(withoutMessages(a), withoutMessages(b));
}

function withoutMessages(status: StatusFields): StatusFields {
  const { conditions } = status;
  if (!Array.isArray(conditions)) return status;
  return { ...status, conditions: conditions.map((one: object) => ({ ...one, message: '' })) };
}
