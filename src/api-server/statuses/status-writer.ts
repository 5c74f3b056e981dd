/**
 * Writes statuses to their objects by server-side apply: only those that differ from what is on the server, the newest only, one after the
 * other, and only while this replica may. https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectWriter } from '../client/api-connection.js';
import { ApiError, OBJECT_NOT_FOUND, TOO_MANY_REQUESTS } from '../client/api-error.js';
import { Backoff } from '../../turns/backoff.js';
import type { EventRecorder, ObjectEvent } from './event-recorder.js';
import { type StatusFields, type StatusOnServer, statusFieldsOf, pathOf } from './on-server.js';
import { stateEvent } from './state-event.js';
import { type ReportedStatus, differOnlyInMessages, wantedStatus } from './wanted-status.js';

/** Owns the fields of statuses that Lifeboat writes. */
export const FIELD_MANAGER = 'lifeboat';
const APPLY_PATCH = 'application/apply-patch+yaml';
/** Milliseconds that a status stays which would only get other numbers in its sentences. */
const MESSAGE_INTERVAL = 30_000;
/** Milliseconds that a status stays unwritten which the server refuses, such as one whose fields another manager owns. */
const REFUSAL_INTERVAL = 60_000;
/** Milliseconds that the watch may need to tell of a write. */
const WATCH_DELAY = 10_000;

export interface StatusWriterOptions {
  readonly connection: ObjectWriter;
  readonly events: EventRecorder;
  /** The objects on the server now, by the names that findings use. */
  readonly onServer: () => ReadonlyMap<string, StatusOnServer>;
  /** Milliseconds for which this replica may still write; 0 or less: it may not. */
  readonly remainingMs: () => number;
  readonly writesPerSecond: number;
  /** A status or an event could not be written. */
  readonly onProblem: (problem: Error, object: StatusOnServer) => void;
  /** Called after each write of a status or an event. */
  readonly onWritten: (what: 'status' | 'event') => void;
}

/** What the server made of a status. */
interface Written {
  readonly wanted: StatusFields;
  /** JSON of the status on the server before and after. */
  readonly before: string;
  readonly after: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface Task {
  readonly file: string;
  readonly object: StatusOnServer;
  readonly before: StatusFields;
  readonly wanted: StatusFields;
}

export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #closing = new AbortController();
  readonly #backoff = new Backoff();
  /** By file. */
  readonly #tasks = new Map<string, Task>();
  /** By uid: an object that is created again is another one. */
  readonly #written = new Map<string, Written>();
  /** When an object may be written again that the server refused to write, by uid. */
  readonly #postponed = new Map<string, number>();
  #running: Promise<void> | undefined;
  /** What is being written. */
  #current: Task | undefined;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** Whether something is being written. */
  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** These are the statuses that all objects should have. */
  take(reports: readonly ReportedStatus[]): void {
    const objects = this.#options.onServer();
    const now = Date.now();
    this.#tasks.clear();
    for (const report of reports) {
      const object = objects.get(report.file);
      if (object !== undefined) this.#plan(report, object, now);
    }
    const uids = new Set([...objects.values()].map(({ uid }) => uid));
    for (const known of [this.#written, this.#postponed])
      for (const uid of known.keys()) if (!uids.has(uid)) known.delete(uid);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  #plan(report: ReportedStatus, object: StatusOnServer, now: number): void {
    const { file } = report;
    const written = this.#written.get(object.uid);
    // The watch may not have told of the last write yet.
    const isOutdated = written?.before === object.status && now - written.at < WATCH_DELAY;
    const before = statusFieldsOf(isOutdated ? { status: written.after } : object);
    const wanted = wantedStatus(report, before, now);
    if (isDeepStrictEqual(wanted, before)) return;
    if (written !== undefined && (isOutdated || written.after === object.status)) {
      // Others own fields besides, or the definition drops some.
      if (isDeepStrictEqual(wanted, written.wanted)) return;
      if (now - written.at < MESSAGE_INTERVAL && differOnlyInMessages(wanted, written.wanted)) return;
    }
    if (this.#current?.object.uid === object.uid && isDeepStrictEqual(wanted, this.#current.wanted)) return;
    if (now < (this.#postponed.get(object.uid) ?? -Infinity)) return;
    this.#tasks.set(file, { file, object, before, wanted });
  }

  async #run(): Promise<void> {
    const { remainingMs, writesPerSecond } = this.#options;
    for (let task = this.#next(); task !== undefined; task = this.#next()) {
      if (this.#closing.signal.aborted || remainingMs() <= 0) return;
      this.#current = task;
      const pause = await this.#write(task);
      this.#current = undefined;
      await this.#wait(pause ?? 1000 / writesPerSecond);
    }
  }

  #next(): Task | undefined {
    for (const [file, task] of this.#tasks) {
      this.#tasks.delete(file);
      return task;
    }
    return undefined;
  }

  /** Returns the milliseconds to wait before the next write, if the server has trouble. */
  async #write(task: Task): Promise<number | undefined> {
    const { object, before, wanted } = task;
    try {
      const status = await this.#apply(object, wanted);
      this.#written.set(object.uid, { wanted, before: object.status, after: JSON.stringify(status), at: Date.now() });
      this.#backoff.reset();
      this.#options.onWritten('status');
      const event = stateEvent(before, wanted);
      if (event !== undefined) await this.#record(object, event);
      return undefined;
    } catch (error) {
      return this.#recover(error, task);
    }
  }

  async #apply(object: StatusOnServer, status: StatusFields): Promise<unknown> {
    const { apiVersion, kind, name, namespace, uid } = object;
    const metadata = { name, ...(namespace !== undefined && { namespace }), uid };
    const path = `${pathOf(object)}/${name}/status?fieldManager=${FIELD_MANAGER}`;
    const body = { apiVersion, kind, metadata, status };
    const request = { method: 'PATCH', path, body, contentType: APPLY_PATCH } as const;
    const answer = (await this.#options.connection.send(request, this.#signal())) as { readonly status?: unknown };
    return answer.status ?? {};
  }

  /** An object that is gone needs no status. Where another manager owns fields, trying again at once would fail again. */
  #recover(error: unknown, { file, object, ...task }: Task): number | undefined {
    if (this.#closing.signal.aborted) return undefined;
    const problem = error instanceof Error ? error : new Error(String(error));
    const status = problem instanceof ApiError ? problem.status : undefined;
    if (status === OBJECT_NOT_FOUND && !this.#options.onServer().has(file)) return undefined;
    this.#options.onProblem(problem, object);
    if (status !== undefined && status >= 400 && status < 500 && status !== TOO_MANY_REQUESTS) {
      this.#postponed.set(object.uid, Date.now() + REFUSAL_INTERVAL);
      return undefined;
    }
    if (!this.#tasks.has(file)) this.#tasks.set(file, { file, object, ...task });
    return (problem instanceof ApiError ? problem.retryAfterMs : undefined) ?? this.#backoff.next();
  }

  /** An event that cannot be written is not tried again: the status says the same. */
  async #record(object: StatusOnServer, event: ObjectEvent): Promise<void> {
    try {
      await this.#options.events.record(object, event, this.#signal());
      this.#options.onWritten('event');
    } catch (error) {
      if (!this.#closing.signal.aborted)
        this.#options.onProblem(error instanceof Error ? error : new Error(String(error)), object);
    }
  }

  /** Nothing may be written after another replica may write. */
  #signal(): AbortSignal {
    return AbortSignal.any([
      this.#closing.signal,
      AbortSignal.timeout(Math.max(1, Math.floor(this.#options.remainingMs()))),
    ]);
  }

  async #wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
  }
}
