/** Applies operations to a run. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlPlane } from '../../integration/support/processes/control-plane.js';
import type { Backend } from '../../integration/support/services/backend.js';
import type { Site } from '../../integration/support/services/site.js';
import type { History } from '../history/file.js';
import type { Files } from './files.js';
import type { Operation } from './operations.js';
import type { Recorder } from './recorder.js';
import { type Participant, exhaustedRetries } from './participant.js';

export interface Surroundings {
  readonly history: History;
  readonly sites: readonly Site[];
  readonly plane: ControlPlane;
  readonly recorder: Recorder;
  readonly participants: readonly Participant[];
  readonly files: Files;
}

/** What happens in the background returns nothing. */
type Apply<Kind extends Operation['kind']> = (
  operation: Extract<Operation, { readonly kind: Kind }>,
) => Promise<void> | undefined;

export class Faults {
  readonly #around: Surroundings;
  /** Processes and the network fail one after the other, while files and backends go on changing. */
  #infrastructure: Promise<void> = Promise.resolve();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async apply(operation: Operation): Promise<void> {
    await (this.#operations[operation.kind] as Apply<Operation['kind']>)(operation);
  }

  /** Everything works again. */
  async mend(): Promise<void> {
    await this.#infrastructure;
    await this.#around.files.change({});
    await Promise.all(this.#around.sites.flatMap(({ backends }) => backends).map((backend) => this.#restore(backend)));
  }

  readonly #operations: { readonly [Kind in Operation['kind']]: Apply<Kind> } = {
    backend: async ({ how, site, index }) => {
      const backend = this.#backends(site)[index];
      if (backend !== undefined) await this.#change(backend, how);
    },
    site: async ({ how, site }) => {
      await Promise.all(this.#backends(site).map((backend) => this.#change(backend, how)));
    },
    list: ({ site, listed }) =>
      this.#around.files.change({ listed: { ...this.#around.files.world.listed, [site]: listed } }),
    tiers: ({ tiers }) => this.#around.files.change({ tiers }),
    shift: ({ shifted }) => this.#around.files.change({ shifted }),
    errors: ({ errors }) => this.#around.files.change({ errors }),
    others: ({ others }) => this.#around.files.change({ others }),
    'break-file': ({ file }) => this.#around.files.break(file),
    'mend-files': () => this.#around.files.change({}),
    cut: () => {
      this.#around.recorder.cut();
      return undefined;
    },
    pause: ({ forMs }) =>
      this.#inBackground(async () => {
        this.#around.recorder.pause();
        await delay(forMs);
        this.#around.recorder.resume();
      }),
    'control-plane': ({ how, forMs }) => this.#inBackground(() => this.#failControlPlane(how, forMs)),
    envoy: ({ index }) => this.#inBackground(() => this.#restartEnvoy(this.#around.participants[index])),
  };

  #inBackground(fault: () => Promise<void>): undefined {
    this.#infrastructure = this.#infrastructure.then(fault);
    // `mend` rejects with it.
    this.#infrastructure.catch(() => undefined);
  }

  #backends(site: string): readonly Backend[] {
    return this.#around.sites.find(({ cluster }) => cluster === site)?.backends ?? [];
  }

  async #change(backend: Backend, how: 'refuse' | 'fail' | 'restore'): Promise<void> {
    if (how === 'restore') {
      await this.#restore(backend);
      return;
    }
    this.#around.history.add({ kind: 'endpoint', endpoint: endpointOf(backend), up: false });
    if (how === 'fail') backend.answer({ status: 503 });
    else await backend.refuse();
  }

  async #restore(backend: Backend): Promise<void> {
    await backend.restore();
    this.#around.history.add({ kind: 'endpoint', endpoint: endpointOf(backend), up: true });
  }

  async #failControlPlane(how: 'crash' | 'restart' | 'freeze', forMs: number): Promise<void> {
    const { plane } = this.#around;
    if (how === 'freeze') {
      plane.freeze();
      await delay(forMs);
      plane.thaw();
      return;
    }
    if (how === 'crash') await plane.crash();
    else await plane.stop();
    await delay(forMs);
    await plane.startAgain();
  }

  async #restartEnvoy(participant: Participant | undefined): Promise<void> {
    if (participant === undefined) return;
    const { history } = this.#around;
    participant.exhausted += await exhaustedRetries(participant);
    history.add({ kind: 'proxy', proxy: participant.id, up: false });
    await participant.envoy.restart();
    history.add({ kind: 'proxy', proxy: participant.id, up: true });
  }
}

function endpointOf({ address, port }: Backend): string {
  return `${address}:${port}`;
}
