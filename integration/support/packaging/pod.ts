/** Runs the container of a Deployment as a kubelet would: its arguments, variables, volumes, user and restrictions, in a container of Docker. */
import { chmod, chown, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { request as requestPlain } from 'node:http';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import type { SocketAddress } from '../../../envoy/bootstrap.js';
import type { ApiServer } from '../kubernetes/api-server.js';
import { eventually } from '../processes/eventually.js';
import { takenAddress } from '../processes/log-lines.js';
import type { Story } from '../story.js';
import type { Manifest } from './manifests.js';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** A drain takes 10 s. */
const GRACE_SECONDS = 15;

interface HttpGet {
  readonly path: string;
  readonly port: string;
  readonly scheme: 'HTTP' | 'HTTPS';
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe: { readonly httpGet: HttpGet };
  readonly livenessProbe: { readonly httpGet: HttpGet };
  readonly securityContext: {
    readonly readOnlyRootFilesystem: boolean;
    readonly allowPrivilegeEscalation: boolean;
    readonly capabilities: { readonly drop: readonly string[] };
  };
  /** An API server leaves out empty lists. */
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Source {
  readonly defaultMode: number;
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

interface Volume {
  readonly name: string;
  readonly secret?: Source & { readonly secretName: string };
  readonly configMap?: Source & { readonly name: string };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number; readonly fsGroup: number };
  readonly containers: readonly [Container];
  readonly volumes?: readonly Volume[];
}

export interface PodOptions {
  readonly image: string;
  readonly server: ApiServer;
  readonly namespace: string;
  readonly deployment: Manifest;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** An image whose root file system cannot be written to. */
class RestrictedContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig = { ...this.hostConfig, ReadonlyRootfs: true };
  }
}

export class Pod {
  readonly #container: Container;
  readonly #started: StartedTestContainer;
  readonly #log: readonly string[];
  #isStopped = false;

  private constructor(container: Container, started: StartedTestContainer, log: readonly string[]) {
    this.#container = container;
    this.#started = started;
    this.#log = log;
  }

  /** Starts it, and waits until its readiness probe succeeds. It ends with the story. */
  static async start(story: Story, options: PodOptions): Promise<Pod> {
    const spec = podSpecOf(options.deployment);
    const [container] = spec.containers;
    const log: string[] = [];
    const started = await restricted(options.image, spec)
      .withBindMounts(await mountsOf(story, options, spec))
      .withEnvironment(environmentOf(options, container))
      .withCommand(argumentsOf(options, container))
      .withNetworkMode('host')
      .withLogConsumer((stream) => stream.on('data', (chunk) => log.push(...String(chunk).trimEnd().split('\n'))))
      .withWaitStrategy(Wait.forListeningPorts())
      .start();
    const pod = new Pod(container, started, log);
    story.atEnd(() => pod.stop());
    await pod.#becomesReady();
    return pod;
  }

  /** Its log, line by line. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** Asks its admin address, as the readiness probe does. */
  async get(path: string, token?: string): Promise<Answer> {
    const address = takenAddress(this.#log, 'admin');
    if (address === undefined) throw new Error('It has not logged its admin address.');
    return ask({ ...this.#container.readinessProbe.httpGet, path }, address, token);
  }

  /** Sends SIGTERM. Returns the exit code. */
  async stop(): Promise<number> {
    if (this.#isStopped) return 0;
    this.#isStopped = true;
    const { container } = await getContainerRuntimeClient();
    const docker = container.dockerode.getContainer(this.#started.getId());
    await docker.stop({ t: GRACE_SECONDS });
    const { State } = await docker.inspect();
    await docker.remove({ force: true });
    return State.ExitCode;
  }

  async #becomesReady(): Promise<void> {
    const { readinessProbe, livenessProbe } = this.#container;
    try {
      await eventually(
        async () => {
          const answer = await this.get(readinessProbe.httpGet.path);
          if (answer.status === 200) return true;
          throw new Error(answer.body);
        },
        { what: 'the readiness probe of the pod succeeds', timeout: 60_000 },
      );
      const alive = await this.get(livenessProbe.httpGet.path);
      if (alive.status !== 200) throw new Error(`The liveness probe fails: ${alive.body}`);
    } catch (error) {
      throw new Error(`${String(error)}: ${this.#log.slice(-10).join('\n')}`, { cause: error });
    }
  }
}

function podSpecOf({ spec }: Manifest): PodSpec {
  return (spec as { readonly template: { readonly spec: PodSpec } }).template.spec;
}

function restricted(image: string, { securityContext, containers: [container] }: PodSpec): GenericContainer {
  const { runAsUser, runAsGroup } = securityContext;
  const { allowPrivilegeEscalation, capabilities, readOnlyRootFilesystem } = container.securityContext;
  return (readOnlyRootFilesystem ? new RestrictedContainer(image) : new GenericContainer(image))
    .withUser(`${String(runAsUser)}:${String(runAsGroup)}`)
    .withDroppedCapabilities(...capabilities.drop)
    .withSecurityOpt(...(allowPrivilegeEscalation ? [] : ['no-new-privileges']));
}

/** https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/ */
function environmentOf({ namespace, server }: PodOptions, { env }: Container): Record<string, string> {
  const { hostname, port } = new URL(server.url);
  const variables = env.map(({ name, value }) => [name, value ?? namespace] as const);
  return { ...Object.fromEntries(variables), KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
}

/** Its ports are those of the host, so it takes free ones. */
function argumentsOf(options: PodOptions, container: Container): string[] {
  const environment = environmentOf(options, container);
  const ports = container.ports.map(({ containerPort }) => containerPort);
  return container.args.map((arg) => {
    const expanded = arg.replaceAll(/\$\((\w+)\)/g, (reference, name: string) => environment[name] ?? reference);
    return ports.reduce((text, port) => text.replace(`0.0.0.0:${String(port)}`, '0.0.0.0:0'), expanded);
  });
}

interface Mount {
  readonly source: string;
  readonly target: string;
  readonly mode: 'ro';
}

async function mountsOf(story: Story, options: PodOptions, spec: PodSpec): Promise<Mount[]> {
  const [container] = spec.containers;
  const { fsGroup } = spec.securityContext;
  const mounts = await Promise.all(
    (container.volumeMounts ?? []).map(async ({ name, mountPath }) => {
      const volume = spec.volumes?.find((one) => one.name === name);
      if (volume === undefined) throw new Error(`The pod has no volume ${name}.`);
      const source = await story.directory(`${options.namespace}-${name}`);
      await fill(source, options, volume, fsGroup);
      return { source, target: mountPath, mode: 'ro' } as const;
    }),
  );
  if (!spec.automountServiceAccountToken) return mounts;
  const source = await story.directory(`${options.namespace}-service-account`);
  const { namespace, server } = options;
  const token = await server.kubectl(['create', 'token', spec.serviceAccountName, `--namespace=${namespace}`]);
  const files = { token: token.trim(), namespace, 'ca.crt': await server.certificate() };
  for (const [name, content] of Object.entries(files)) await writeFor(join(source, name), content, 0o440, fsGroup);
  return [...mounts, { source, target: SERVICE_ACCOUNT, mode: 'ro' }];
}

/** Writes the data of a Secret or ConfigMap. */
async function fill(directory: string, options: PodOptions, volume: Volume, group: number): Promise<void> {
  const source = volume.secret ?? volume.configMap;
  if (source === undefined) throw new Error(`The volume ${volume.name} is neither a Secret nor a ConfigMap.`);
  const data = await dataOf(options, volume);
  const items = source.items ?? Object.keys(data).map((key) => ({ key, path: key }));
  for (const { key, path } of items) {
    const content = data[key];
    if (content === undefined) throw new Error(`The volume ${volume.name} has no ${key}.`);
    await writeFor(join(directory, path), content, source.defaultMode, group);
  }
}

async function dataOf(
  { namespace, server }: PodOptions,
  { secret, configMap }: Volume,
): Promise<Readonly<Record<string, string>>> {
  const object = secret ? `secret/${secret.secretName}` : `configmap/${configMap?.name ?? ''}`;
  const text = await server.kubectl(['get', object, `--namespace=${namespace}`, '-o', 'json']);
  const { data } = JSON.parse(text) as { readonly data: Readonly<Record<string, string>> };
  if (!secret) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

/** Only root can give a file to a group of which it is no member. */
async function writeFor(file: string, content: string, mode: number, group: number): Promise<void> {
  await writeFile(file, content);
  const isRoot = process.getuid?.() === 0;
  await chmod(file, isRoot ? mode : 0o444);
  if (isRoot) await chown(file, 0, group);
}

function ask({ path, scheme }: HttpGet, { port }: SocketAddress, token?: string): Promise<Answer> {
  const send = scheme === 'HTTPS' ? request : requestPlain;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    // Kubelets do not verify certificates.
    const options = { host: '127.0.0.1', port, path, headers, rejectUnauthorized: false, timeout: 10_000 };
    const sent = send(options, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end();
  });
}
