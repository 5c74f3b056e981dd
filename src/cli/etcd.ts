/** `lifeboat etcd put|delete|list [PATH…]`: the documents in etcd that `lifeboat serve --etcd` reads. */
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { deleteDocuments } from './etcd-actions/delete.js';
import { listDocuments } from './etcd-actions/list.js';
import { putDocuments } from './etcd-actions/put.js';
import { DEFAULT_ETCD_ENDPOINT, withEtcd } from './etcd-actions/session.js';
import { type EtcdFlags, etcdFlags } from './options/etcd-flags.js';
import { Flag } from './options/flag.js';
import { type ReadLimitFlags, readLimitFlags } from './options/read-limit-flags.js';
import { outputFlag } from './options/shared-flags.js';
import { CliError, type ExitCode } from './output/cli-error.js';
import { givenPaths } from './queries/load-paths.js';

interface EtcdCommandFlags extends EtcdFlags, ReadLimitFlags {
  readonly force?: boolean;
  readonly output: 'json' | 'yaml' | 'table';
}

const ACTIONS = ['put', 'delete', 'list'] as const;

type Action = (typeof ACTIONS)[number];

export function addEtcd(cli: Cli): void {
  addCommand<EtcdCommandFlags>(cli, {
    name: 'etcd',
    description:
      'Write documents into etcd, for `lifeboat serve --etcd`: each under the key PREFIX + KIND/NAMESPACE/NAME. put refuses documents with errors. Exits with 3 if etcd cannot be reached.',
    operands: [
      ['<action>', 'put, delete, or list'],
      [
        '[path...]',
        'files or directories as for check; - reads the standard input; list shows only what they have, or all without paths',
      ],
    ],
    examples: [
      'lifeboat etcd put resources/ --etcd 10.0.0.1:2379',
      'lifeboat etcd list -o json',
      'lifeboat etcd delete resources/old.yaml',
    ],
    flags: [
      ...etcdFlags('write to', DEFAULT_ETCD_ENDPOINT),
      new Flag('--insecure', 'allow a password in plain text beyond loopback'),
      new Flag('--force', 'put: write documents even if some have errors'),
      ...readLimitFlags(),
      outputFlag(['table', 'json', 'yaml'], 'table'),
    ],
    run: runAction,
  });
}

async function runAction({ operands, ports, terminal, values }: Invocation<EtcdCommandFlags>): Promise<ExitCode> {
  const [action, ...texts] = operands;
  if (!isAction(action)) throw new CliError('usage', `etcd ${String(action)}: must be ${ACTIONS.join(', ')}.`);
  if (action !== 'put' && values.force === true) throw new CliError('usage', '--force: has an effect only on put.');
  if (action !== 'list' && texts.length === 0)
    throw new CliError('usage', `etcd ${action}: names no files: lifeboat etcd ${action} PATH`);
  const given = await givenPaths(texts, '', { terminal, values });
  return withEtcd(values, async (session) => {
    switch (action) {
      case 'put':
        return putDocuments(session, { given, ports, terminal, force: values.force === true });
      case 'delete':
        return deleteDocuments(session, { given, terminal });
      case 'list':
        return listDocuments(session, { terminal, output: values.output, ...(texts.length > 0 && { given }) });
    }
  });
}

function isAction(text: string | undefined): text is Action {
  return ACTIONS.some((action) => action === text);
}
