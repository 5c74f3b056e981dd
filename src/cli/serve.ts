/** `lifeboat serve`: runs the control plane until a signal ends it. */
import { formatAddress, isLoopback, type SocketAddress } from '../admin/queries/text-forms.js';
import { readDuration } from '../api/duration.js';
import { createLogger, LOG_LEVELS, type LogLevel } from '../logging/logger.js';
import { CliError, EXIT } from './output/cli-error.js';
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { type ConfigPath, STANDARD_INPUT } from '../source/index.js';
import { parseConfigPaths } from './options/config-paths.js';
import { flagAddress } from './options/flag-address.js';
import { type EtcdFlags, etcdFlags, watchedEtcdOf } from './options/etcd-flags.js';
import { Flag } from './options/flag.js';
import { type KubernetesFlags, kubernetesFlags, kubernetesOptionsOf } from './options/kubernetes-flags.js';
import { type LimitFlags, limitFlags, clientLimitsOf } from './options/limit-flags.js';
import { type ReadLimitFlags, readLimitFlags, readLimitsOf } from './options/read-limit-flags.js';
import type { RunningServer, ServerOptions } from '../serve.js';
import { DEFAULT_ADMIN_ADDRESS, DEFAULT_XDS_ADDRESS } from './options/shared-flags.js';
import { colorsFor, type Terminal } from './output/terminal.js';
import { type AccessFlags, accessFilesOf, accessFlags } from './options/access-flags.js';
import { type AdminFlags, adminFlags, adminProtectionOf } from './options/admin-flags.js';
import { tlsFilesOf } from './options/tls-flags.js';
import { MAX_ID_BYTES, printable } from '../xds/wire/words.js';
import type { Transport } from '../xds/index.js';

interface ServeFlags extends AccessFlags, AdminFlags, EtcdFlags, KubernetesFlags, LimitFlags, ReadLimitFlags {
  readonly config?: readonly string[];
  readonly allowEmpty?: boolean;
  readonly emptyGrace: string;
  readonly shrinkGrace: string;
  readonly stateDir?: string;
  readonly xdsAddress: string;
  readonly loadReportInterval: string;
  readonly isolateNacks: 'on' | 'off';
  readonly transport: Transport;
  readonly logLevel: LogLevel;
}

export function addServe(cli: Cli): void {
  addCommand<ServeFlags>(cli, {
    name: 'serve',
    description:
      'Run the control plane. SIGTERM and SIGINT drain it; a second signal ends it at once. SIGHUP reads all files again.',
    examples: [
      'lifeboat serve --config examples/bookinfo',
      'lifeboat serve --kubernetes mgmt-cluster=kind-mgmt remote-cluster=kind-remote',
      'lifeboat serve --etcd 10.0.0.1:2379 10.0.0.2:2379 10.0.0.3:2379',
      'lifeboat serve --config /etc/lifeboat --xds-address 0.0.0.0:18000 --tls-cert server.pem --tls-key server-key.pem --tls-client-ca ca.pem',
    ],
    flags: [
      new Flag(
        '--config <path...>',
        'files or directories of resources, watched for changes; NAME=PATH sets the cluster of resources that do not name one; required without --kubernetes and --etcd; repeatable',
      ),
      ...kubernetesFlags(),
      ...etcdFlags('read resources from'),
      new Flag(
        '--etcd-statuses <on|off>',
        'write statuses to etcd, beside the documents; one of the control planes of an etcd does',
        { choices: ['on', 'off'], without: 'on' },
      ),
      new Flag(
        '--allow-empty',
        'serve Envoys even if a path of --config has no resources, and remove the resources of a path at once when it becomes empty',
      ),
      new Flag(
        '--empty-grace <duration>',
        'how long the last resources of a path stay in force after it suddenly becomes empty, and those of etcd when a list suddenly has none',
        {
          default: '10m',
        },
      ),
      new Flag(
        '--shrink-grace <duration>',
        'how long endpoints stay in force when the EndpointSlices of a service suddenly lose more than half of them, and objects of Kubernetes or keys of etcd when a list suddenly lacks more than half of them; 0s, or --allow-empty: not at all',
        { default: '30s' },
      ),
      new Flag(
        '--state-dir <directory>',
        'where the resources in force are kept, for a later start with broken, missing or empty files',
        { without: 'nowhere' },
      ),
      ...readLimitFlags(),
      new Flag('--xds-address <host:port>', 'address for Envoys and gRPC clients; port 0: any free port', {
        default: DEFAULT_XDS_ADDRESS,
      }),
      new Flag('--admin-address <host:port>', 'HTTP address for health, metrics and the API; port 0: any free port', {
        default: DEFAULT_ADMIN_ADDRESS,
      }),
      ...adminFlags(),
      new Flag('--tls-cert <file>', 'PEM certificate chain of the xDS address', { without: 'plain text' }),
      new Flag('--tls-key <file>', 'PEM private key of the xDS address', { without: 'plain text' }),
      new Flag(
        '--tls-client-ca <file>',
        'PEM certificates of the CA that issues the certificates of clients (mutual TLS)',
        {
          without: 'clients need no certificate',
        },
      ),
      ...accessFlags(),
      new Flag(
        '--load-report-interval <duration>',
        'how often Envoys report the number of requests to failover destinations; 0: never',
        {
          default: '1s',
        },
      ),
      new Flag('--insecure', 'allow plain text on addresses other than loopback'),
      new Flag(
        '--isolate-nacks <on|off>',
        'withhold a resource that an Envoy rejects (NACK) from other Envoys until it changes',
        {
          choices: ['on', 'off'],
          default: 'on',
        },
      ),
      new Flag(
        '--transport <name>',
        'implementation of gRPC: grpc-js (@grpc/grpc-js), or http2 (node:http2), which needs less CPU and memory for large fleets',
        {
          choices: ['grpc-js', 'http2'] satisfies readonly Transport[],
          default: 'grpc-js',
        },
      ),
      ...limitFlags(),
      new Flag('--log-level <level>', 'lowest level that is logged', { choices: LOG_LEVELS, default: 'info' }),
    ],
    logsWarnings: true,
    excessOperands: 'serve takes its paths from --config: lifeboat serve --config PATH',
    run: serve,
  });
}

async function serve(invocation: Invocation<ServeFlags>) {
  const { ports, terminal, values, warnings } = invocation;
  refuseFlagsWithoutEffect(invocation);
  const hangUps = awaitHangUps(terminal);
  const options = await serverOptions(values, ports.version, terminal);
  for (const warning of warnings) options.logger.warn(warning);
  const termination = awaitTermination(terminal);
  const server = await ports.serve(options);
  hangUps.follow(() => reload(server, options.logger));
  const signal = await termination;
  options.logger.info({ signal }, 'draining');
  await server.drain();
  options.logger.info('stopped');
  return EXIT.fine;
}

async function serverOptions(values: ServeFlags, version: string, terminal: Terminal): Promise<ServerOptions> {
  const [xdsAddress, adminAddress] = [
    flagAddress('--xds-address', values.xdsAddress),
    flagAddress('--admin-address', values.adminAddress),
  ];
  const loadReportIntervalMs = readInterval(values.loadReportInterval);
  const tls = await tlsFilesOf(values);
  const access = await accessFilesOf(values);
  const admin = await adminProtectionOf(values, adminAddress);
  if (values.insecure !== true) {
    if (tls === undefined)
      requireLoopback(xdsAddress, `--xds-address ${values.xdsAddress}`, 'Give --tls-cert and --tls-key, or');
    else if (access === undefined && values.allowAnyClient !== true) requireLoopbackClients(xdsAddress);
  }
  const kubernetes = await kubernetesOptionsOf(values, terminal.env);
  const config = configPaths(values.config ?? []);
  const etcd = await watchedEtcdOf(values);
  if (config.length === 0 && kubernetes.kubernetes === undefined && etcd === undefined)
    throw new CliError('usage', 'The flag --config, --kubernetes or --etcd is missing.');
  const emptyGraceMs = readGrace('--empty-grace', values.emptyGrace);
  const shrinkGraceMs = readGrace('--shrink-grace', values.shrinkGrace);
  const logger = serveLogger(values.logLevel, terminal);
  const addresses = { xdsAddress, adminAddress, admin };
  const isolateNacks = values.isolateNacks === 'on';
  const streams = {
    ...(tls && { tls }),
    ...(access && { access }),
    limits: clientLimitsOf(values),
    loadReportIntervalMs,
    isolateNacks,
    transport: values.transport,
  };
  const source = {
    config,
    ...kubernetes,
    ...(etcd && { etcd }),
    readLimits: readLimitsOf(values),
    allowEmpty: values.allowEmpty === true,
    emptyGraceMs,
    shrinkGraceMs,
    ...(values.stateDir !== undefined && { stateDirectory: values.stateDir }),
  };
  return { version, ...source, ...addresses, ...streams, logger };
}

/** What they set applies to files only. */
const FLAGS_OF_FILES = ['stateDir', 'followLinks', 'maxFiles'] as const satisfies readonly (keyof ServeFlags)[];

/** What they set applies to files, and to values of etcd. */
const FLAGS_OF_TEXTS = [
  'emptyGrace',
  'maxFileSize',
  'maxDocuments',
  'maxAliasedValues',
] as const satisfies readonly (keyof ServeFlags)[];

function refuseFlagsWithoutEffect({ sourceOf, values }: Invocation<ServeFlags>): void {
  const { config, etcd, kubernetes } = values;
  if (config !== undefined || (kubernetes === undefined && etcd === undefined)) return;
  const flags = etcd === undefined ? [...FLAGS_OF_FILES, ...FLAGS_OF_TEXTS] : FLAGS_OF_FILES;
  const given = flags.find((flag) => sourceOf(flag) !== 'default');
  if (given === undefined) return;
  const name = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new CliError('usage', `--${name}: has an effect only on files. Give --config, or leave it out.`);
}

/** Paths need not exist: a disk may be mounted later. */
function configPaths(texts: readonly string[]): readonly ConfigPath[] {
  const paths = parseConfigPaths(texts, '--config');
  if (!paths.some(({ path }) => path === STANDARD_INPUT)) return paths;
  throw new CliError(
    'usage',
    '--config -: the standard input cannot be watched for changes; give a file or directory.',
  );
}

function readGrace(flag: string, text: string): number {
  const reading = readDuration(text);
  if ('problem' in reading) throw new CliError('usage', `${flag}: ${reading.problem}`);
  if (reading.milliseconds < 0) throw new CliError('usage', `${flag} ${text}: must not be negative.`);
  return reading.milliseconds;
}

/** Minimum interval of load reports, in milliseconds. Shorter ones cost Envoys CPU without a benefit. */
const SHORTEST_INTERVAL = 100;

function readInterval(text: string): number {
  const reading = readDuration(text);
  if ('problem' in reading) throw new CliError('usage', `--load-report-interval: ${reading.problem}`);
  const { milliseconds } = reading;
  if (milliseconds === 0 || milliseconds >= SHORTEST_INTERVAL) return milliseconds;
  throw new CliError('usage', `--load-report-interval ${text} is neither 0 nor at least ${SHORTEST_INTERVAL}ms.`);
}

function requireLoopback({ host }: SocketAddress, flag: string, advice: string): void {
  if (isLoopback(host)) return;
  throw new CliError('usage', `${flag} would be plain text beyond loopback. ${advice} allow it with --insecure.`);
}

function requireLoopbackClients(address: SocketAddress): void {
  if (isLoopback(address.host)) return;
  const advice = 'Give --tls-client-ca or --client-jwks, or accept any client with --allow-any-client.';
  throw new CliError('usage', `Every client that reaches ${formatAddress(address)} could be every node. ${advice}`);
}

function serveLogger(level: LogLevel, { env, stderr }: Terminal): ServerOptions['logger'] {
  return createLogger({
    level,
    stream: stderr,
    pretty: stderr.isTTY === true,
    color: colorsFor(stderr, env).isColorSupported,
    // A client can send any node.id.
    serializers: { node: (id) => (typeof id === 'string' ? printable(id, MAX_ID_BYTES) : id) },
  });
}

async function reload(server: RunningServer, logger: ServerOptions['logger']): Promise<void> {
  logger.info('reading all files again');
  await server.reload();
  logger.info('all files were read again');
}

/** Handles SIGHUP from the start, because its default ends the process. A signal before the server runs is handled when it does. */
function awaitHangUps(terminal: Terminal): { readonly follow: (listener: () => Promise<void>) => void } {
  let [isPending, obey]: [boolean, (() => void) | undefined] = [false, undefined];
  terminal.onHangUp(() => {
    if (obey === undefined) isPending = true;
    else obey();
  });
  return {
    follow: (listener) => {
      obey = () => void listener();
      if (isPending) obey();
    },
  };
}

/** Resolves with the name of the first signal. Later ones end the process. */
function awaitTermination(terminal: Terminal): Promise<string> {
  return new Promise((resolve) => {
    let isDraining = false;
    terminal.onTermination((signal) => {
      if (isDraining) terminal.exit(EXIT.failed);
      isDraining = true;
      resolve(signal);
    });
  });
}
