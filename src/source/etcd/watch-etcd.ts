/** Reads resources from etcd whenever they change, for `serve`. It must not know what resources are used for. */
import { runInTurns } from '../../turns/run-in-turns.js';
import type { PathState } from '../contents/path-state.js';
import type { ResourceBatch } from '../contents/table.js';
import { SourceError } from '../files/source-error.js';
import { ShrunkenLists } from '../remote/shrunken-lists.js';
import type { ReadLimits } from '../yaml/limits.js';
import type { EtcdChange, EtcdEntry } from './client.js';
import { EtcdConnection, type EtcdServers } from './connection.js';
import { EtcdDocuments } from './etcd-documents.js';
import { fileOfKey } from './keys.js';
import { KeyFollower } from './key-follower.js';

/** What is read from etcd. */
export interface WatchedEtcd {
  readonly servers: EtcdServers;
  /** Ends with a slash. */
  readonly prefix: string;
  /** Whether statuses are written beside the documents. */
  readonly writesStatuses: boolean;
}

export interface WatchEtcdOptions {
  /** Milliseconds for which a list is not believed that lacks more than half of what there was. */
  readonly shrinkGraceMs: number;
  /** The same for a list that has nothing, as after a loss of data. */
  readonly emptyGraceMs: number;
  readonly limits: ReadLimits;
  /** Called with each batch, in order, and the state of etcd. The first batch is the complete load. */
  readonly onBatch: (batch: ResourceBatch, states: readonly PathState[]) => void;
  /** Called with the state when it changes. */
  readonly onStates: (states: readonly PathState[]) => void;
  /** Called if a batch could not be applied. The source continues. */
  readonly onError: (error: SourceError) => void;
  /** Default: {@link PATIENCE_MS}. */
  readonly patienceMs?: number;
  /** Keys in one page of a list. */
  readonly pageSize?: number;
}

export interface EtcdSource {
  /** Ends the watch. There is no batch after it resolves. */
  close(): Promise<void>;
}

const ADVICE =
  'Put documents there with lifeboat etcd put, correct --etcd or --etcd-prefix, or use --allow-empty to serve Envoys at once.';

/** Milliseconds after which the state is reported without an event, so that the time of the last success is about now. */
const HEARTBEAT = 30_000;

/** Milliseconds from an event to its batch. What arrives meanwhile is in the same batch. */
const SETTLE = 5;

export function watchEtcd(watched: WatchedEtcd, options: WatchEtcdOptions): EtcdSource {
  const following = new Following(watched, options);
  return { close: () => following.close() };
}

class Following {
  readonly #prefix: string;
  readonly #options: WatchEtcdOptions;
  readonly #documents: EtcdDocuments;
  readonly #shrunken: ShrunkenLists;
  readonly #emptied: ShrunkenLists;
  readonly #follower: KeyFollower;
  readonly #running: Promise<void>;
  readonly #heartbeat = setInterval(() => this.#changed(), HEARTBEAT).unref();
  #timer: NodeJS.Timeout | undefined;
  #problem: string | undefined;
  #errors = 0;
  #lastSuccess: number | undefined;
  #isLoaded = false;
  #isClosed = false;

  constructor({ servers, prefix }: WatchedEtcd, options: WatchEtcdOptions) {
    const { patienceMs, pageSize } = options;
    this.#prefix = prefix;
    this.#options = options;
    this.#documents = new EtcdDocuments(options.limits);
    this.#shrunken = new ShrunkenLists(options.shrinkGraceMs);
    this.#emptied = new ShrunkenLists(options.emptyGraceMs);
    this.#follower = new KeyFollower(new EtcdConnection(servers, patienceMs === undefined ? {} : { patienceMs }), {
      prefix,
      ...(patienceMs !== undefined && { patienceMs }),
      ...(pageSize !== undefined && { pageSize }),
      onList: (entries) => this.#list(entries),
      onChanges: (changes) => this.#take(changes),
      onProblem: (problem) => this.#report(problem),
    });
    this.#running = this.#follower.run();
    // A frozen server says nothing for long, and probes and the log must say why.
    this.#changed();
  }

  async #list(entries: readonly EtcdEntry[]): Promise<void> {
    const doubts = entries.length === 0 ? this.#emptied : this.#shrunken;
    doubts.check(this.#prefix, this.#documents.size, entries.length);
    await runInTurns(this.#documents.replace(entries));
    this.#isLoaded = true;
    this.#changed();
  }

  #take(changes: readonly EtcdChange[]): void {
    for (const { key, value } of changes) {
      if (value === undefined) this.#documents.delete(key);
      else this.#documents.put({ key, value });
    }
    this.#changed();
  }

  #report(problem: Error | undefined): void {
    if (problem !== undefined) this.#errors += 1;
    this.#problem = problem?.message;
    this.#changed();
  }

  #changed(): void {
    if (!this.#isClosed) this.#timer ??= setTimeout(() => this.#passOn(), SETTLE);
  }

  #passOn(): void {
    this.#timer = undefined;
    const { onBatch, onStates, onError } = this.#options;
    const batch = this.#isLoaded ? this.#documents.commit() : undefined;
    const states = [this.#state()];
    try {
      if (batch !== undefined) onBatch(batch, states);
      onStates(states);
    } catch (error) {
      onError(new SourceError('BatchFailed', 'A change in etcd could not be applied.', error));
    }
  }

  #state(): PathState {
    if (this.#isLoaded && this.#problem === undefined) this.#lastSuccess = Date.now();
    const resources = this.#isLoaded ? this.#documents.resources : 0;
    const problem = this.#sentence(resources);
    return {
      path: fileOfKey(this.#prefix),
      resources,
      held: 0,
      errors: this.#errors,
      ...(this.#lastSuccess !== undefined && { lastSuccess: this.#lastSuccess }),
      ...(problem !== undefined && { problem, advice: ADVICE }),
    };
  }

  #sentence(resources: number): string | undefined {
    const reason = this.#problem === undefined ? '' : ` (${this.#problem})`;
    if (!this.#isLoaded) return `The documents in etcd under ${this.#prefix} were not read completely yet${reason}.`;
    if (reason !== '')
      return `etcd cannot be followed under ${this.#prefix}${reason}. What was read last stays in force.`;
    return resources === 0 ? `etcd has no resources under ${this.#prefix}.` : undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#heartbeat);
    this.#follower.close();
    await this.#running;
  }
}
