/** The files of the control plane, as operations change them. */
import type { ControlPlane } from '../../integration/support/processes/control-plane.js';
import type { Site } from '../../integration/support/services/site.js';
import type { BreakableFile } from './operations.js';
import { FIRST_WORLD, type World, filesOf } from './world.js';

export class Files {
  readonly #plane: ControlPlane;
  readonly #sites: readonly Site[];
  readonly #port: number;
  /** What each file contains, as JSON. */
  readonly #written = new Map<string, string>();
  #world = FIRST_WORLD;

  constructor(plane: ControlPlane, sites: readonly Site[], port: number) {
    this.#plane = plane;
    this.#sites = sites;
    this.#port = port;
    for (const [name, content] of Object.entries(this.#files())) this.#written.set(name, JSON.stringify(content));
  }

  get world(): World {
    return this.#world;
  }

  /** Writes and removes the files that this changes, and mends those that are broken. */
  async change(changes: Partial<World>): Promise<void> {
    this.#world = { ...this.#world, ...changes };
    const files = this.#files();
    for (const name of [...this.#written.keys()])
      if (files[name] === undefined) {
        this.#written.delete(name);
        await this.#plane.remove(name);
      }
    for (const [name, content] of Object.entries(files)) {
      const text = JSON.stringify(content);
      if (this.#written.get(name) === text || typeof content === 'string') continue;
      this.#written.set(name, text);
      await this.#plane.write(name, ...content);
    }
  }

  async break(name: BreakableFile): Promise<void> {
    this.#written.set(name, BROKEN);
    await this.#plane.writeText(name, 'kind: [');
  }

  #files() {
    return filesOf(this.#world, this.#sites, this.#port);
  }
}

const BROKEN = 'broken';
