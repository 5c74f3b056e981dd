/**
 * One control plane with documents of many kinds in a directory, and one Envoy that gets all resulting resources. In the files, `$PORT` is a
 * port that several hosts share, `$PORT_NAME` is another free port, and `$NAME` is a loopback address.
 */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './processes/addresses.js';
import { send } from './clients/http-client.js';
import { lifeboat } from './processes/lifeboat.js';
import { type Sidecar, Story } from './story.js';

/** A problem that `lifeboat check` reports. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

/** The locality of the Envoy, and its namespace. */
const [SITE, NAMESPACE] = ['north', 'shop'];

export class InputWorld {
  readonly story: Story;
  /** The files' names. */
  readonly inputs: readonly string[];
  /** Of all files. */
  readonly findings: readonly Finding[];
  readonly #sidecar: Sidecar;
  readonly #places: Places;

  private constructor(
    story: Story,
    inputs: readonly string[],
    findings: readonly Finding[],
    sidecar: Sidecar,
    places: Places,
  ) {
    this.story = story;
    this.inputs = inputs;
    this.findings = findings;
    this.#sidecar = sidecar;
    this.#places = places;
  }

  /** Starts everything. The Envoy has acknowledged all resources, although some documents are invalid. */
  static async begin(directory: string): Promise<InputWorld> {
    const story = await Story.begin();
    try {
      const places = new Places(story);
      const files = await readInputs(directory, places);
      const plane = await story.controlPlane(files);
      const sidecar = await story.sidecar(plane, { cluster: SITE, metadata: { NAMESPACE } });
      return new InputWorld(story, Object.keys(files), await check(files), sidecar, places);
    } catch (error) {
      await story.end();
      throw story.explain(error);
    }
  }

  /** The address that the files call `$NAME`. */
  address(name: string): string {
    return this.#places.address(name);
  }

  /** The port that the files call `$NAME`. */
  async port(name = 'PORT'): Promise<number> {
    return this.#places.port(name);
  }

  /** The address of the Envoy's listeners. */
  get listeners(): string {
    return this.#sidecar.address;
  }

  /** The backend that answers a request through the Envoy, or else the status. */
  async ask(host: string, path = '/'): Promise<string> {
    const { status, headers } = await send({ address: this.listeners, port: this.story.port, headers: { host }, path });
    return status === 200 ? String(headers['x-backend']) : String(status);
  }

  async end(): Promise<void> {
    await this.story.end();
  }
}

/** Replaces the names in the files by addresses and ports. */
class Places {
  readonly #story: Story;
  readonly #addresses = new Map<string, string>();
  readonly #ports = new Map<string, number>();

  constructor(story: Story) {
    this.#story = story;
    this.#ports.set('PORT', story.port);
  }

  address(name: string): string {
    const address = this.#addresses.get(name) ?? this.#story.address();
    this.#addresses.set(name, address);
    return address;
  }

  async port(name: string): Promise<number> {
    const port = this.#ports.get(name) ?? (await freePort());
    this.#ports.set(name, port);
    return port;
  }

  async fill(text: string): Promise<string> {
    const names = new Set(Array.from(text.matchAll(PLACE), ([, name = '']) => name));
    const values = new Map<string, string>();
    for (const name of names)
      values.set(name, name.startsWith('PORT') ? String(await this.port(name)) : this.address(name));
    return text.replaceAll(PLACE, (_, name: string) => values.get(name) ?? '');
  }
}

const PLACE = /\$([A-Z][A-Z0-9_]*)/g;

async function readInputs(directory: string, places: Places): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.yaml')).sort();
  const files: Record<string, string> = {};
  for (const name of names) files[name] = await places.fill(await readFile(join(directory, name), 'utf8'));
  return files;
}

async function check(files: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-inputs-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    const { stdout } = await lifeboat('check', directory, '-o', 'json');
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    return findings.map((finding) => ({ ...finding, file: finding.file.slice(directory.length + 1) }));
  } finally {
    await rm(directory, { recursive: true });
  }
}
