/**
 * A real Kubernetes API server with its etcd on an address of its own. No controllers run: tests create EndpointSlices and Nodes themselves.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
 */
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { eventually } from '../processes/eventually.js';
import { type RunningProgram, runProgram } from '../processes/child-process.js';
import { programsOf, outputOf } from './programs.js';

const ETCD_PORT = 2379;
const ETCD_PEER_PORT = 2380;
const PORT = 6443;
/** The token of the administrator, who may do everything. */
export const ADMIN_TOKEN = 'administrator';

export interface ApiServerOptions {
  /** Nothing else may use this address. */
  readonly address: string;
  /** An empty directory for data, certificates and logs. */
  readonly directory: string;
  /** The name of the cluster, which is the name of its context in the kubeconfig. */
  readonly name: string;
}

export class ApiServer {
  readonly name: string;
  readonly url: string;
  /** A file with the address, the certificate authority and the administrator's token. */
  readonly kubeconfig: string;
  readonly #options: ApiServerOptions;
  readonly #etcd: RunningProgram;
  #server: RunningProgram;

  private constructor(options: ApiServerOptions, etcd: RunningProgram, server: RunningProgram) {
    this.#options = options;
    this.#etcd = etcd;
    this.#server = server;
    this.name = options.name;
    this.url = `https://${options.address}:${PORT}`;
    this.kubeconfig = join(options.directory, 'kubeconfig');
  }

  /** Starts etcd and the API server, and waits until it is ready. */
  static async start(options: ApiServerOptions): Promise<ApiServer> {
    const { etcd } = await programsOf();
    await writeSecrets(options.directory);
    const store = runProgram(etcd, etcdFlags(options));
    const server = new ApiServer(options, store, await startServer(options));
    await server.#ready();
    await writeFile(server.kubeconfig, kubeconfigOf(options));
    return server;
  }

  /** The last lines of both logs. */
  get log(): readonly string[] {
    return [...this.#etcd.output, ...this.#server.output];
  }

  /** Runs kubectl. Returns what it writes to stdout. Throws an error with what it writes to stderr. */
  async kubectl(args: readonly string[], input = ''): Promise<string> {
    const { kubectl } = await programsOf();
    return outputOf(kubectl, [`--kubeconfig=${this.kubeconfig}`, ...args], { input });
  }

  /** `kubectl apply` of these documents. */
  async apply(documents: readonly object[], ...flags: readonly string[]): Promise<string> {
    const list = { apiVersion: 'v1', kind: 'List', items: documents };
    return this.kubectl(['apply', '--server-side', ...flags, '-f', '-'], JSON.stringify(list));
  }

  /** Its certificate and the authority of it, as PEM: what pods find in `ca.crt`. */
  async certificate(): Promise<string> {
    return readFile(join(this.#options.directory, 'certificates/apiserver.crt'), 'utf8');
  }

  /** The API server stops answering, without closing connections. */
  freeze(): void {
    this.#server.kill('SIGSTOP');
  }

  unfreeze(): void {
    this.#server.kill('SIGCONT');
  }

  /** The API server crashes. Its data stays. */
  async crash(): Promise<void> {
    this.#server.kill('SIGKILL');
    await eventually(() => this.#server.ended() !== undefined, { what: 'the API server has ended' });
  }

  /** After a crash. */
  async startAgain(): Promise<void> {
    this.#server = await startServer(this.#options);
    await this.#ready();
  }

  async stop(): Promise<void> {
    this.unfreeze();
    await this.#server.stop();
    await this.#etcd.stop();
  }

  #ready(): Promise<unknown> {
    return eventually(() => isReady(this.url), {
      what: `the API server ${this.name} is ready`,
      timeout: 60_000,
    });
  }
}

async function startServer(options: ApiServerOptions): Promise<RunningProgram> {
  const { apiServer } = await programsOf();
  return runProgram(apiServer, serverFlags(options));
}

/** The key that signs service account tokens, and the administrator's token. */
async function writeSecrets(directory: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(join(directory, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  await writeFile(join(directory, 'tokens.csv'), `${ADMIN_TOKEN},admin,admin,"system:masters"\n`);
}

function etcdFlags({ address, directory }: ApiServerOptions): readonly string[] {
  const client = `http://${address}:${ETCD_PORT}`;
  const peer = `http://${address}:${ETCD_PEER_PORT}`;
  return [
    `--data-dir=${join(directory, 'etcd')}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--log-level=warn',
  ];
}

function serverFlags({ address, directory }: ApiServerOptions): readonly string[] {
  const key = join(directory, 'sa.key');
  return [
    `--etcd-servers=http://${address}:${ETCD_PORT}`,
    `--bind-address=${address}`,
    `--secure-port=${PORT}`,
    `--cert-dir=${join(directory, 'certificates')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    `--token-auth-file=${join(directory, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    `--advertise-address=${address}`,
    '--endpoint-reconciler-type=none',
    '--disable-admission-plugins=ServiceAccount',
  ];
}

/** Its certificate is its own, made at its start. */
function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const sent = request(`${url}/readyz`, { rejectUnauthorized: false, headers, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
    sent.end();
  });
}

/** https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/ */
function kubeconfigOf({ address, name }: ApiServerOptions): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: `https://${address}:${PORT}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: { token: ADMIN_TOKEN } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}
