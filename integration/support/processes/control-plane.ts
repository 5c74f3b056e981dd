/**
 * The built `lifeboat serve` as a child process with its own directory. Tests use only its interfaces: files, ADS, the admin address, the exit
 * code.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { SocketAddress } from '../../../envoy/bootstrap.js';
import { runProgram, type RunningProgram } from './child-process.js';
import { eventually } from './eventually.js';
import { send } from '../clients/http-client.js';
import { LIFEBOAT } from './lifeboat.js';
import { takenAddress } from './log-lines.js';

export interface ControlPlaneOptions {
  /** An empty directory for the resources. Files are written into its parent before they are moved in. */
  readonly directory: string;
  /** A loopback address. */
  readonly address: string;
  /** Default: free ones. */
  readonly ports?: { readonly xds: number; readonly admin: number };
  /** Whether it reads the files of the directory. Default: true. */
  readonly readsFiles?: boolean;
  /** More flags of `lifeboat serve`. */
  readonly flags?: readonly string[];
  /** Default: the built one. */
  readonly program?: string;
}

/** A resource as a user writes it. */
export interface ResourceObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Record<string, string>;
    readonly labels?: Record<string, string>;
  };
  readonly spec?: unknown;
  /** Some kinds have fields next to `spec`. */
  readonly [field: string]: unknown;
}

/** Files by name: resources, or the text of the file. */
export type ConfigFiles = Readonly<Record<string, readonly ResourceObject[] | string>>;

/** A resource as the admin API shows it. */
export interface ServedResource extends ResourceObject {
  readonly status: ResourceStatus;
}

export interface ResourceStatus {
  readonly observedGeneration?: number | string;
  readonly state?: string;
  readonly errors?: readonly string[];
  readonly [field: string]: unknown;
}

export interface ProxyStatus {
  readonly id: string;
  /** `REGION/ZONE/SUBZONE`. */
  readonly locality: string;
  readonly types: Readonly<
    Record<string, { readonly version: string; readonly state: string; readonly error?: string }>
  >;
}

export class ControlPlane {
  readonly #options: ControlPlaneOptions;
  #program: RunningProgram;
  #xds: SocketAddress = { address: '', port: 0 };
  #admin: SocketAddress = { address: '', port: 0 };

  private constructor(options: ControlPlaneOptions) {
    this.#options = options;
    this.#program = this.#serve(options.ports ?? { xds: 0, admin: 0 });
  }

  /** Writes the files, starts the control plane and waits until it is ready. */
  static async start(options: ControlPlaneOptions, files: ConfigFiles): Promise<ControlPlane> {
    await mkdir(options.directory, { recursive: true });
    for (const [name, content] of Object.entries(files)) await writeInto(options.directory, name, toText(content));
    const plane = new ControlPlane(options);
    await plane.#becomesReady();
    return plane;
  }

  get xds(): SocketAddress {
    return this.#xds;
  }

  get adminUrl(): string {
    return `http://${this.#admin.address}:${this.#admin.port}`;
  }

  /** The directory of its files. */
  get directory(): string {
    return this.#options.directory;
  }

  /** Its log, line by line. */
  get log(): readonly string[] {
    return this.#program.output;
  }

  /** Writes a file of resources in one step, like editors and `kubectl`. */
  async write(name: string, ...resources: readonly ResourceObject[]): Promise<void> {
    await this.writeText(name, toText(resources));
  }

  async writeText(name: string, text: string): Promise<void> {
    await writeInto(this.#options.directory, name, text);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#options.directory, name));
  }

  /** Removes the directory, as if its disk were unmounted. The returned function restores it. */
  async loseDirectory(): Promise<() => Promise<void>> {
    const { directory } = this.#options;
    const elsewhere = `${directory}-unmounted`;
    await rename(directory, elsewhere);
    return () => rename(elsewhere, directory);
  }

  /** Waits until a line of its log matches. */
  async logs(pattern: RegExp): Promise<void> {
    await eventually(() => this.log.some((line) => pattern.test(line)), { what: `the log says ${pattern.source}` });
  }

  /** Resources with their status. */
  async resources(query: { readonly kind?: string; readonly name?: string } = {}): Promise<readonly ServedResource[]> {
    return this.#items<ServedResource>(`/api/v1/resources?${new URLSearchParams(query).toString()}`);
  }

  /** One resource's status. */
  async status(kind: string, name: string): Promise<ResourceStatus> {
    const [resource] = await this.resources({ kind, name });
    if (resource === undefined) throw new Error(`There is no ${kind} ${name}.`);
    return resource.status;
  }

  /** Waits until a resource has this state. Returns its status. */
  async reaches(kind: string, name: string, state: string): Promise<ResourceStatus> {
    return eventually(
      async () => {
        const status = await this.status(kind, name);
        if (status.state === state) return status;
        throw new Error(JSON.stringify(status));
      },
      { what: `${kind} ${name} is ${state}` },
    );
  }

  /** The values of a metric by its labels as in the text: `{cluster="a",priority="0"}`. The key is empty without labels. */
  async metric(name: string): Promise<Readonly<Record<string, number>>> {
    const { body } = await send({ ...this.#admin, path: '/metrics' });
    const lines = body.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return Object.fromEntries(
      lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  }

  /** The connected Envoys. */
  async proxies(): Promise<readonly ProxyStatus[]> {
    return this.#items<ProxyStatus>('/api/v1/proxies');
  }

  /** Waits until an Envoy has acknowledged everything that it was sent. */
  async synced(id: string): Promise<void> {
    await eventually(
      async () => {
        const proxy = (await this.proxies()).find((candidate) => candidate.id === id);
        const types = Object.values(proxy?.types ?? {});
        const settled = types.every((type) => type.state === 'SYNCED' || type.state === 'NOT SENT');
        if (settled && proxy?.types['CDS']?.state === 'SYNCED') return true;
        throw new Error(JSON.stringify(proxy));
      },
      { what: `Envoy ${id} is SYNCED` },
    );
  }

  /** Ends the control plane and starts it again on the same addresses. */
  async restart(): Promise<void> {
    await this.stop();
    await this.startAgain();
  }

  /** Starts an ended control plane on the addresses that it had. */
  async startAgain(): Promise<void> {
    this.#program = this.#serve({ xds: this.#xds.port, admin: this.#admin.port });
    await this.#becomesReady();
  }

  /** Sends SIGTERM. The control plane must exit with 0. */
  async stop(): Promise<void> {
    if (this.#program.ended() !== undefined) return;
    const exit = await this.#program.stop(15_000);
    if (exit !== 0) throw new Error(`lifeboat serve ended with ${exit} on SIGTERM`);
  }

  /** Sends SIGKILL, as if the machine failed. */
  async crash(): Promise<void> {
    this.#program.kill('SIGKILL');
    await eventually(() => this.#program.ended() !== undefined);
  }

  /** Sends SIGSTOP: connections stay open, and nothing is read or answered. */
  freeze(): void {
    this.#program.kill('SIGSTOP');
  }

  thaw(): void {
    this.#program.kill('SIGCONT');
  }

  #serve(ports: { readonly xds: number; readonly admin: number }): RunningProgram {
    const { address, directory, flags, program = LIFEBOAT, readsFiles = true } = this.#options;
    return runProgram(process.execPath, [
      program,
      'serve',
      ...(readsFiles ? [`--config=${directory}`] : []),
      `--xds-address=${address}:${ports.xds}`,
      `--admin-address=${address}:${ports.admin}`,
      ...(flags ?? []),
    ]);
  }

  async #becomesReady(): Promise<void> {
    const program = this.#program;
    const up = await eventually(async () => program.ended() ?? (await this.#isReady(program)), {
      what: 'lifeboat serve is ready',
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${program.output.slice(-10).join('\n')}`, { cause: error });
    });
    if (up !== true) throw new Error(`lifeboat serve ended with ${up}: ${program.output.slice(-10).join('\n')}`);
  }

  async #isReady(program: RunningProgram): Promise<boolean> {
    const xds = takenAddress(program.output, 'xds');
    const admin = takenAddress(program.output, 'admin');
    if (xds === undefined || admin === undefined) return false;
    this.#xds = xds;
    this.#admin = admin;
    const response = await send({ ...admin, path: '/readyz' });
    return response.status === 200;
  }

  async #items<T>(path: string): Promise<readonly T[]> {
    const response = await send({ ...this.#admin, path });
    if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}: ${response.body}`);
    return (JSON.parse(response.body) as { readonly items: readonly T[] }).items;
  }
}

/** The text of a file. */
function toText(content: ConfigFiles[string]): string {
  if (typeof content === 'string') return content;
  return content.map((resource) => stringify(resource, { aliasDuplicateObjects: false })).join('---\n');
}

/** Writes next to the directory and renames, so that no reader sees an incomplete file. */
async function writeInto(directory: string, name: string, text: string): Promise<void> {
  const target = join(directory, name);
  // Several control planes may have the same parent.
  const scratch = join(dirname(directory), `.${basename(directory)}-${name.replaceAll('/', '-')}.new`);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(scratch, text);
  await rename(scratch, target);
}
