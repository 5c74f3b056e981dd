/** Reads resources from Kubernetes clusters whenever they change, for `serve`. It must not know what resources are used for. */
import type { KubeConfig } from '@kubernetes/client-node';
import { SourceError } from '../files/source-error.js';
import type { PathState } from '../contents/path-state.js';
import type { ResourceBatch } from '../contents/table.js';
import { runInTurns } from '../../turns/run-in-turns.js';
import { ApiConnection } from '../../api-server/client/api-connection.js';
import { KubeCluster } from './cluster.js';
import type { StatusOnServer } from '../../api-server/statuses/on-server.js';
import { KubernetesObjects } from './kubernetes-objects.js';
import { ShrunkenLists } from '../remote/shrunken-lists.js';
import { WATCHED_KINDS } from './watched-kinds.js';
import type { ReadLimits } from '../yaml/limits.js';

/** A cluster to read from. */
export interface WatchedCluster {
  /** As resources call it (`clusterName`). */
  readonly name: string;
  /** Where its API server is, and how to log in. */
  readonly config: KubeConfig;
  /** Whether custom resources are read from it. Services and the like are read from all clusters. */
  readonly isManagement: boolean;
}

/** What is read from Kubernetes. */
export interface KubernetesClusters {
  readonly clusters: readonly WatchedCluster[];
  /** Only these namespaces. Empty: all. */
  readonly namespaces: readonly string[];
}

export interface WatchKubernetesOptions {
  /** Milliseconds for which a list is not believed that lacks more than half of what there was. */
  readonly shrinkGraceMs: number;
  /** Of them, those of one document count. */
  readonly limits: ReadLimits;
  /** Called with each batch, in order, and the states of the clusters. The first batch is the complete load. */
  readonly onBatch: (batch: ResourceBatch, states: readonly PathState[]) => void;
  /** Called with the states of the clusters when one changes, or the status of an object. */
  readonly onStates: (states: readonly PathState[]) => void;
  /** Called if a batch could not be applied. The source continues. */
  readonly onError: (error: SourceError) => void;
}

export interface KubernetesSource {
  /** The objects whose status Lifeboat writes, by the names that findings use. */
  readonly statuses: ReadonlyMap<string, StatusOnServer>;
  /** Ends the watches. There is no batch after it resolves. */
  close(): Promise<void>;
}

const ADVICE = 'Envoys are served as soon as every cluster was read, or at once with --allow-empty.';

/** Milliseconds after which the states are reported without an event, so that the time of the last success is about now. */
const HEARTBEAT = 30_000;

/** Milliseconds from an event to its batch. What arrives meanwhile is in the same batch. */
const SETTLE = 5;

/** @throws Error for a configuration without a cluster */
export function watchKubernetes(watched: KubernetesClusters, options: WatchKubernetesOptions): KubernetesSource {
  const following = new Following(watched, options);
  return { statuses: following.statuses, close: () => following.close() };
}

class Following {
  readonly #options: WatchKubernetesOptions;
  readonly #files: KubernetesObjects;
  readonly #shrunken: ShrunkenLists;
  readonly #clusters: ReadonlyMap<string, KubeCluster>;
  readonly #lastSuccess = new Map<string, number>();
  readonly #running: Promise<unknown>;
  readonly #heartbeat = setInterval(() => this.#changed(), HEARTBEAT).unref();
  #timer: NodeJS.Timeout | undefined;
  #isLoaded = false;
  #isClosed = false;

  constructor({ clusters, namespaces }: KubernetesClusters, options: WatchKubernetesOptions) {
    this.#options = options;
    this.#files = new KubernetesObjects(options.limits);
    this.#shrunken = new ShrunkenLists(options.shrinkGraceMs);
    this.#clusters = new Map(clusters.map((cluster) => [cluster.name, this.#open(cluster, namespaces)]));
    this.#running = Promise.all([...this.#clusters.values()].map((cluster) => cluster.run()));
    // A frozen server says nothing for long, and probes and the log must say why.
    this.#changed();
  }

  get statuses(): ReadonlyMap<string, StatusOnServer> {
    return this.#files.statuses;
  }

  #open({ name, config, isManagement }: WatchedCluster, namespaces: readonly string[]): KubeCluster {
    const files = this.#files;
    return new KubeCluster(new ApiConnection(config), {
      kinds: WATCHED_KINDS.filter(({ isOfEveryCluster }) => isManagement || isOfEveryCluster),
      namespaces,
      onChange: (type, object) => {
        files.put(name, type, object);
        this.#changed();
      },
      onDelete: (type, object) => {
        files.delete(name, type, object);
        this.#changed();
      },
      onList: async (type, namespace, objects) => {
        const place = [name, type.apiVersion, type.kind.plural, namespace ?? ''].join('/');
        this.#shrunken.check(place, files.filesAt(name, type, namespace).length, objects.length);
        await runInTurns(files.replace(name, type, namespace, objects));
        this.#changed();
      },
      onState: () => this.#changed(),
    });
  }

  #changed(): void {
    if (!this.#isClosed) this.#timer ??= setTimeout(() => this.#passOn(), SETTLE);
  }

  #passOn(): void {
    this.#timer = undefined;
    const { onBatch, onStates, onError } = this.#options;
    this.#isLoaded ||= [...this.#clusters.values()].every(({ isListed }) => isListed);
    const batch = this.#isLoaded ? this.#files.commit() : undefined;
    const states = this.#states();
    try {
      if (batch !== undefined) onBatch(batch, states);
      onStates(states);
    } catch (error) {
      onError(new SourceError('BatchFailed', 'A change in Kubernetes could not be applied.', error));
    }
  }

  #states(): readonly PathState[] {
    return [...this.#clusters].map(([name, cluster]) => this.#stateOf(name, cluster));
  }

  #stateOf(name: string, { isListed, problem, errors }: KubeCluster): PathState {
    if (isListed && problem === undefined) this.#lastSuccess.set(name, Date.now());
    const lastSuccess = this.#lastSuccess.get(name);
    const sentence = this.#problemOf(name, isListed, problem);
    return {
      path: `kubernetes/${name}`,
      resources: this.#isLoaded ? this.#files.size(name) : 0,
      held: 0,
      errors,
      ...(lastSuccess !== undefined && { lastSuccess }),
      ...(sentence !== undefined && { problem: sentence, advice: ADVICE }),
    };
  }

  #problemOf(name: string, isListed: boolean, problem: string | undefined): string | undefined {
    const reason = problem === undefined ? '' : ` (${problem})`;
    if (!isListed && !this.#isLoaded) return `The resources of cluster ${name} were not read completely yet${reason}.`;
    if (problem === undefined) return undefined;
    return `Cluster ${name} cannot be followed${reason}. What was read last stays in force.`;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#heartbeat);
    for (const cluster of this.#clusters.values()) cluster.close();
    await this.#running;
  }
}
