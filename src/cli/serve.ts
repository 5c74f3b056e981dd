/** `lifeboat serve`: the control plane, until a signal ends it. */
import { isLoopback, type SocketAddress } from '../admin/text-forms.js';
import { readDuration } from '../api/duration.js';
import { createLogger, LOG_LEVELS, type LogLevel } from '../logging/logger.js';
import { CliError, EXIT } from './output/cli-error.js';
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { type ConfigPath, STANDARD_INPUT } from '../source/index.js';
import { parseConfigPaths } from './options/config-paths.js';
import { flagAddress } from './options/flag-address.js';
import { Flag } from './options/flag.js';
import type { RunningServer, ServerOptions } from '../serve.js';
import { DEFAULT_ADMIN_ADDRESS, DEFAULT_XDS_ADDRESS } from './options/shared-flags.js';
import { colorsFor, type Terminal } from './output/terminal.js';
import { readTls, type TlsFlags } from './options/tls-files.js';
import { MAX_ID_BYTES, printable } from '../xds/wire/words.js';
import type { Transport } from '../xds/index.js';

interface ServeFlags extends TlsFlags {
  readonly config: readonly string[];
  readonly allowEmpty?: boolean;
  readonly emptyGrace: string;
  readonly xdsAddress: string;
  readonly adminAddress: string;
  readonly loadReportInterval: string;
  readonly insecure?: boolean;
  readonly isolateRefusals: 'on' | 'off';
  readonly transport: Transport;
  readonly logLevel: LogLevel;
}

export function addServe(cli: Cli): void {
  addCommand<ServeFlags>(cli, {
    name: 'serve',
    description:
      'Run the control plane. SIGTERM and SIGINT drain it; a second one ends it at once. SIGHUP reads all files again.',
    examples: [
      'lifeboat serve --config examples/bookinfo',
      'lifeboat serve --config /etc/lifeboat --xds-address 0.0.0.0:18000 --tls-cert server.pem --tls-key server-key.pem --tls-client-ca ca.pem',
    ],
    flags: [
      new Flag(
        '--config <path...>',
        'files or directories of resources, watched for changes; NAME=PATH names the cluster of those that name none; repeatable',
        { needed: true },
      ),
      new Flag(
        '--allow-empty',
        'serve Envoys although a path of --config has no resources, and remove at once what one had',
      ),
      new Flag(
        '--empty-grace <duration>',
        'how long the last resources of a path stay in force after it suddenly has none',
        {
          default: '10m',
        },
      ),
      new Flag('--xds-address <host:port>', 'where Envoys connect; port 0 takes a free one', {
        default: DEFAULT_XDS_ADDRESS,
      }),
      new Flag('--admin-address <host:port>', 'HTTP for health, metrics and the API; port 0 takes a free one', {
        default: DEFAULT_ADMIN_ADDRESS,
      }),
      new Flag('--tls-cert <file>', 'PEM certificate chain of the xDS address', { without: 'plain text' }),
      new Flag('--tls-key <file>', 'PEM private key of the xDS address', { without: 'plain text' }),
      new Flag('--tls-client-ca <file>', 'PEM certificates of the CA that Envoys must have theirs from (mutual TLS)', {
        without: 'any client',
      }),
      new Flag(
        '--load-report-interval <duration>',
        'how often Envoys report their requests to failover destinations; 0: never',
        {
          default: '1s',
        },
      ),
      new Flag('--insecure', 'allow plain text on addresses beyond loopback'),
      new Flag('--isolate-refusals <on|off>', 'withhold what an Envoy refuses from the others until it changes', {
        choices: ['on', 'off'],
        default: 'on',
      }),
      new Flag(
        '--transport <name>',
        'what carries the streams: @grpc/grpc-js, or gRPC over node:http2, with less CPU and memory for large fleets',
        {
          choices: ['grpc-js', 'http2'] satisfies readonly Transport[],
          default: 'grpc-js',
        },
      ),
      new Flag('--log-level <level>', 'least severe level that is logged', { choices: LOG_LEVELS, default: 'info' }),
    ],
    logsWarnings: true,
    excessOperands: 'serve takes its paths from --config: lifeboat serve --config PATH',
    run: serve,
  });
}

async function serve({ ports, terminal, values, warnings }: Invocation<ServeFlags>) {
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
  const tls = await readTls(values);
  if (values.insecure !== true) {
    if (tls === undefined)
      requireLoopback(xdsAddress, `--xds-address ${values.xdsAddress}`, 'Give --tls-cert and --tls-key, or');
    requireLoopback(adminAddress, `--admin-address ${values.adminAddress}`, 'Keep it on loopback, or');
  }
  const config = configPaths(values.config);
  const emptyGraceMs = readGrace(values.emptyGrace);
  const logger = serveLogger(values.logLevel, terminal);
  const addresses = { xdsAddress, adminAddress };
  const isolateRefusals = values.isolateRefusals === 'on';
  const streams = { ...(tls && { tls }), loadReportIntervalMs, isolateRefusals, transport: values.transport };
  const source = { config, allowEmpty: values.allowEmpty === true, emptyGraceMs };
  return { version, ...source, ...addresses, ...streams, logger };
}

/** Paths need not exist yet: a disk may be mounted later. */
function configPaths(texts: readonly string[]): readonly ConfigPath[] {
  const paths = parseConfigPaths(texts, '--config');
  if (!paths.some(({ path }) => path === STANDARD_INPUT)) return paths;
  throw new CliError(
    'usage',
    '--config -: the standard input cannot be watched for changes; give a file or directory.',
  );
}

function readGrace(text: string): number {
  const reading = readDuration(text);
  if ('problem' in reading) throw new CliError('usage', `--empty-grace: ${reading.problem}`);
  if (reading.milliseconds < 0) throw new CliError('usage', `--empty-grace ${text} is less than nothing.`);
  return reading.milliseconds;
}

/** In milliseconds. More often than this would cost Envoys more than it tells. */
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

function serveLogger(level: LogLevel, { env, stderr }: Terminal): ServerOptions['logger'] {
  return createLogger({
    level,
    stream: stderr,
    pretty: stderr.isTTY === true,
    color: colorsFor(stderr, env).isColorSupported,
    // The node.id is whatever the client sends.
    serializers: { node: (id) => (typeof id === 'string' ? printable(id, MAX_ID_BYTES) : id) },
  });
}

async function reload(server: RunningServer, logger: ServerOptions['logger']): Promise<void> {
  logger.info('reading all files again');
  await server.reload();
  logger.info('all files were read again');
}

/** From the first moment on, a SIGHUP must not end the process; one that comes too early is obeyed as soon as there is something to read. */
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

/** The first signal's name; later ones end the process. */
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
