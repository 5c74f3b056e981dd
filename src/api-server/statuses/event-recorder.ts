/**
 * Events about objects. The same event about an object is one object with a count, whichever replica reports it.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
import { createHash } from 'node:crypto';
import type { ObjectWriter } from '../client/api-connection.js';
import { ApiError, CONFLICT } from '../client/api-error.js';
import type { StatusOnServer } from './on-server.js';
import { timeOf } from './wanted-status.js';

export type EventReason = 'Accepted' | 'Invalid' | 'Refused';

export interface ObjectEvent {
  readonly reason: EventReason;
  readonly message: string;
}

const WARNINGS: ReadonlySet<EventReason> = new Set<EventReason>(['Invalid', 'Refused']);
/** Characters. https://github.com/kubernetes/api: core/v1 Event */
const LONGEST_MESSAGE = 1_024;
/** The part of a name before the dot; the whole may have 253 characters. */
const LONGEST_NAME = 200;
/** Events about objects that are in no namespace are in this one. */
const DEFAULT_NAMESPACE = 'default';
const REPORTER = 'lifeboat';
const MERGE_PATCH = 'application/merge-patch+json';

export class EventRecorder {
  readonly #connection: ObjectWriter;
  readonly #identity: string;

  /** `identity`: of this replica. */
  constructor(connection: ObjectWriter, identity: string) {
    this.#connection = connection;
    this.#identity = identity;
  }

  /** @throws ApiError, or an error of the connection */
  async record(object: StatusOnServer, event: ObjectEvent, signal: AbortSignal): Promise<void> {
    const body = this.#bodyOf(object, event);
    const path = `/api/v1/namespaces/${body.metadata.namespace}/events`;
    try {
      await this.#connection.send({ method: 'POST', path, body }, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== CONFLICT) throw error;
      await this.#again(`${path}/${body.metadata.name}`, body.lastTimestamp, signal);
    }
  }

  /** The event happened once more. */
  async #again(path: string, lastTimestamp: string, signal: AbortSignal): Promise<void> {
    const patch = (body: object): Promise<unknown> =>
      this.#connection.send({ method: 'PATCH', path, body, contentType: MERGE_PATCH }, signal);
    const { count } = (await patch({ lastTimestamp })) as { readonly count?: number };
    await patch({ count: (count ?? 1) + 1 });
  }

  #bodyOf(object: StatusOnServer, { reason, message }: ObjectEvent) {
    const { apiVersion, kind, name, uid } = object;
    const namespace = object.namespace ?? DEFAULT_NAMESPACE;
    const now = timeOf(Date.now());
    const hash = createHash('sha256')
      .update(JSON.stringify([uid, reason, message]))
      .digest('hex')
      .slice(0, 16);
    return {
      ...{ apiVersion: 'v1', kind: 'Event' },
      metadata: { name: `${name.slice(0, LONGEST_NAME)}.${hash}`, namespace },
      involvedObject: { apiVersion, kind, name, uid, ...(object.namespace !== undefined && { namespace }) },
      ...{ reason, message: message.slice(0, LONGEST_MESSAGE), type: WARNINGS.has(reason) ? 'Warning' : 'Normal' },
      ...{ source: { component: REPORTER }, reportingComponent: REPORTER, reportingInstance: this.#identity },
      ...{ firstTimestamp: now, lastTimestamp: now, count: 1 },
    };
  }
}
