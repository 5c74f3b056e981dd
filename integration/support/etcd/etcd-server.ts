/** Debian's etcd on an address of its own, without TLS. What tests ask of it goes through its HTTP gateway, not through Lifeboat. */
import { join } from 'node:path';
import { type RunningProgram, runProgram } from '../processes/child-process.js';
import { ensureCommand } from '../processes/debian-package.js';
import { eventually } from '../processes/eventually.js';
import type { Story } from '../story.js';

const PORT = 2379;
const PEER_PORT = 2380;

export interface StoredValue {
  readonly key: string;
  readonly value: string;
  readonly modRevision: number;
  /** How often it was written since its creation. */
  readonly version: number;
}

export class EtcdServer {
  readonly endpoint: string;
  readonly #flags: readonly string[];
  #program: RunningProgram;
  #rootPassword: string | undefined;
  #token: string | undefined;

  private constructor(endpoint: string, flags: readonly string[]) {
    this.endpoint = endpoint;
    this.#flags = flags;
    this.#program = runProgram('etcd', flags);
  }

  /** Starts etcd and waits until it answers. It ends with the story. */
  static async start(story: Story, name = 'etcd'): Promise<EtcdServer> {
    await ensureCommand('etcd', 'etcd-server');
    const address = story.address();
    const [client, peer] = [`http://${address}:${PORT}`, `http://${address}:${PEER_PORT}`];
    const server = new EtcdServer(client, [
      `--data-dir=${join(await story.directory(name), 'data')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--log-level=warn',
    ]);
    story.atEnd(() => server.stop());
    await server.#answers();
    return server;
  }

  async put(key: string, value: string): Promise<void> {
    await this.#ask('kv/put', { key: base64(key), value: base64(value) });
  }

  async delete(key: string): Promise<void> {
    await this.#ask('kv/deleterange', { key: base64(key) });
  }

  /** Everything under a prefix. */
  async list(prefix: string): Promise<readonly StoredValue[]> {
    const end = `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
    const { kvs = [] } = (await this.#ask('kv/range', { key: base64(prefix), range_end: base64(end) })) as {
      readonly kvs?: readonly {
        readonly key: string;
        readonly value?: string;
        readonly mod_revision: string;
        readonly version: string;
      }[];
    };
    return kvs.map(({ key, value = '', mod_revision: revision, version }) => ({
      key: text(key),
      value: text(value),
      modRevision: Number(revision),
      version: Number(version),
    }));
  }

  /** Forgets all of its history. */
  async compact(): Promise<void> {
    const { header } = (await this.#ask('kv/range', { key: base64('x') })) as {
      readonly header: { readonly revision: string };
    };
    await this.#ask('kv/compaction', { revision: header.revision, physical: true });
  }

  /** From now on, only users may read and write. `reader` may read and write what is under `/lifeboat/` only. */
  async requireUsers(passwords: { readonly root: string; readonly reader: string }): Promise<void> {
    for (const [name, password] of Object.entries(passwords)) {
      await this.#ask('auth/user/add', { name, password });
      await this.#ask('auth/role/add', { name });
      await this.#ask('auth/user/grant', { user: name, role: name });
    }
    const perm = { permType: 'READWRITE', key: base64('/lifeboat/'), range_end: base64('/lifeboat0') };
    await this.#ask('auth/role/grant', { name: 'reader', perm });
    await this.#ask('auth/enable', {});
    this.#rootPassword = passwords.root;
    await this.#login();
  }

  async #login(): Promise<void> {
    this.#token = undefined;
    const asked = { name: 'root', password: this.#rootPassword };
    const { token } = (await this.#ask('auth/authenticate', asked)) as { readonly token: string };
    this.#token = token;
  }

  /** etcd stops answering, without closing connections. */
  freeze(): void {
    this.#program.kill('SIGSTOP');
  }

  unfreeze(): void {
    this.#program.kill('SIGCONT');
  }

  /** etcd crashes. Its data stays. */
  async crash(): Promise<void> {
    this.#program.kill('SIGKILL');
    await eventually(() => this.#program.ended() !== undefined, { what: 'etcd has ended' });
  }

  /** After a crash. */
  async startAgain(): Promise<void> {
    this.#program = runProgram('etcd', this.#flags);
    await this.#answers();
    // Its tokens do not outlive it.
    if (this.#rootPassword !== undefined) await this.#login();
  }

  async stop(): Promise<void> {
    this.unfreeze();
    await this.#program.stop();
  }

  async #answers(): Promise<void> {
    await eventually(() => fetch(`${this.endpoint}/health`).then(({ ok }) => ok), {
      what: 'etcd answers',
      timeout: 60_000,
    });
  }

  /** https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/ */
  async #ask(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.endpoint}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      ...(this.#token !== undefined && { headers: { authorization: this.#token } }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${path}: ${answer}`);
    return JSON.parse(answer);
  }
}

function base64(words: string): string {
  return Buffer.from(words).toString('base64');
}

function text(base64Text: string): string {
  return Buffer.from(base64Text, 'base64').toString('utf8');
}
