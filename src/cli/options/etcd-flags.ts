/** The flags that say where etcd is, and how to log in. */
import { access, constants } from 'node:fs/promises';
import { isLoopback } from '../../admin/queries/text-forms.js';
import { DEFAULT_ETCD_PREFIX, type EtcdServers, type WatchedEtcd, etcdPrefix } from '../../source/index.js';
import { CliError } from '../output/cli-error.js';
import { Flag } from './flag.js';

export interface EtcdFlags {
  readonly etcd?: readonly string[];
  readonly etcdPrefix: string;
  readonly etcdCa?: string;
  readonly etcdCert?: string;
  readonly etcdKey?: string;
  readonly etcdUser?: string;
  readonly etcdPasswordFile?: string;
  /** Only `serve` has it, and writes statuses. Default: on. */
  readonly etcdStatuses?: 'on' | 'off';
  readonly insecure?: boolean;
}

/** `purpose`: what is done with the documents, before "etcd". `without`: the endpoint without the flag. */
export function etcdFlags(purpose: string, without?: string): readonly Flag[] {
  return [
    new Flag(
      '--etcd <endpoint...>',
      `${purpose} etcd: the members of its cluster, each HOST:PORT, http://HOST:PORT or https://HOST:PORT; repeatable`,
      without === undefined ? {} : { without },
    ),
    new Flag('--etcd-prefix <prefix>', 'what the keys of the documents begin with', { default: DEFAULT_ETCD_PREFIX }),
    new Flag('--etcd-ca <file>', 'PEM certificates of the CA of etcd; without a scheme, endpoints are https then', {
      without: "the system's CAs",
    }),
    new Flag('--etcd-cert <file>', 'PEM certificate for etcd that this client has', { without: 'none' }),
    new Flag('--etcd-key <file>', 'PEM private key of --etcd-cert', { without: 'none' }),
    new Flag('--etcd-user <name>', 'user of etcd'),
    new Flag('--etcd-password-file <file>', 'file whose first line is the password of --etcd-user'),
  ];
}

/**
 * Where documents are in etcd; `undefined` without `--etcd`.
 * @throws CliError (usage) for a flag without effect, an invalid endpoint or prefix, files that cannot be read, or a password in plain text
 */
export async function watchedEtcdOf(flags: EtcdFlags): Promise<WatchedEtcd | undefined> {
  if (flags.etcd === undefined) {
    refuseWithoutEtcd(flags);
    return undefined;
  }
  const { etcdCa, etcdCert, etcdKey, etcdUser, etcdPasswordFile } = flags;
  if ((etcdCert === undefined) !== (etcdKey === undefined))
    throw new CliError('usage', 'Give --etcd-cert and --etcd-key together.');
  if ((etcdUser === undefined) !== (etcdPasswordFile === undefined))
    throw new CliError('usage', 'Give --etcd-user and --etcd-password-file together.');
  const isSecure = etcdCa !== undefined || etcdCert !== undefined;
  const endpoints = [...new Set(flags.etcd.flatMap((text) => text.split(',')).map((text) => urlOf(text, isSecure)))];
  await requireReadable({
    '--etcd-ca': etcdCa,
    '--etcd-cert': etcdCert,
    '--etcd-key': etcdKey,
    '--etcd-password-file': etcdPasswordFile,
  });
  const servers: EtcdServers = {
    endpoints,
    tls: {
      ...(etcdCa !== undefined && { ca: etcdCa }),
      ...(etcdCert !== undefined && { cert: etcdCert }),
      ...(etcdKey !== undefined && { key: etcdKey }),
    },
    ...(etcdUser !== undefined &&
      etcdPasswordFile !== undefined && { user: { name: etcdUser, passwordFile: etcdPasswordFile } }),
  };
  refuseUselessTls(servers);
  if (flags.insecure !== true) refusePlainPassword(servers);
  return { servers, prefix: prefixOf(flags.etcdPrefix), writesStatuses: flags.etcdStatuses !== 'off' };
}

/** `insecure` is a flag of its own; the prefix has a default. */
function refuseWithoutEtcd(flags: EtcdFlags): void {
  const given = Object.entries({
    '--etcd-prefix': flags.etcdPrefix === DEFAULT_ETCD_PREFIX ? undefined : flags.etcdPrefix,
    '--etcd-ca': flags.etcdCa,
    '--etcd-cert': flags.etcdCert,
    '--etcd-key': flags.etcdKey,
    '--etcd-user': flags.etcdUser,
    '--etcd-password-file': flags.etcdPasswordFile,
    '--etcd-statuses': flags.etcdStatuses,
  }).find(([, value]) => value !== undefined);
  if (given !== undefined) throw new CliError('usage', `${given[0]}: has an effect only with --etcd.`);
}

function urlOf(text: string, isSecure: boolean): string {
  const withScheme = /^\w+:\/\//u.test(text) ? text : `${isSecure ? 'https' : 'http'}://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  // A URL does not say the usual port of its scheme.
  const hasPort = /:\d+\/?$/u.test(text);
  if (url && hasPort && /^https?:$/u.test(url.protocol) && url.pathname === '/' && url.search === '' && !url.username) {
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    return `${url.protocol}//${url.hostname}:${port}`;
  }
  throw new CliError(
    'usage',
    `--etcd ${text}: must be HOST:PORT, http://HOST:PORT or https://HOST:PORT, such as https://10.0.0.1:2379.`,
  );
}

function prefixOf(text: string): string {
  if (/^\/*$/u.test(text))
    throw new CliError('usage', `--etcd-prefix ${text}: must be a part of the keys, such as ${DEFAULT_ETCD_PREFIX}.`);
  return etcdPrefix(text);
}

async function requireReadable(files: Readonly<Record<string, string | undefined>>): Promise<void> {
  for (const [flag, file] of Object.entries(files)) {
    if (file === undefined) continue;
    await access(file, constants.R_OK).catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      const reason = code === 'ENOENT' ? 'no such file' : code;
      throw new CliError('usage', `${flag} ${file}: cannot be read (${reason}).`, { cause: error });
    });
  }
}

function refuseUselessTls({ endpoints, tls }: EtcdServers): void {
  const plain = endpoints.find((endpoint) => endpoint.startsWith('http:'));
  if (plain !== undefined && Object.keys(tls).length > 0)
    throw new CliError('usage', `--etcd ${plain}: is plain text, but there are files for TLS. Write https://.`);
}

function refusePlainPassword({ endpoints, user }: EtcdServers): void {
  const plain = endpoints.find(
    (url) => url.startsWith('http:') && !isLoopback(new URL(url).hostname.replace(/^\[(.*)\]$/u, '$1')),
  );
  if (user === undefined || plain === undefined) return;
  throw new CliError(
    'usage',
    `--etcd ${plain}: would send the password of --etcd-user in plain text beyond loopback. Write https://, or allow it with --insecure.`,
  );
}
