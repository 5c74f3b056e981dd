/** `lifeboat explain`: the tiers of a hostname for a client, with the rule behind each tier and its share of traffic. */
import { parsePort } from '../admin/queries/explain-query.js';
import { parseLabels, parseLocality } from '../admin/queries/text-forms.js';
import type { ExplainQuery, ExplainResult } from '../control-plane/api/api.js';
import { CliError, EXIT } from './output/cli-error.js';
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { Flag } from './options/flag.js';
import { readLimitFlags } from './options/read-limit-flags.js';
import { type OriginFlags, originOf } from './queries/origin.js';
import { toJson, toTable, toYaml } from './output/output.js';
import { clusterFlag, labelsFlag, offlineConfigFlag, outputFlag } from './options/shared-flags.js';
import { serverFlags } from './options/server-flags.js';
import { write } from './output/terminal.js';

interface ExplainFlags extends OriginFlags {
  readonly from: string;
  readonly port?: string;
  readonly labels?: string;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly output: 'table' | 'json' | 'yaml';
}

export function addExplain(cli: Cli): void {
  addCommand<ExplainFlags>(cli, {
    name: 'explain',
    description:
      "Show where a client's traffic to a hostname goes: the tiers in order, the rule behind each tier, and the share of each endpoint as Envoy computes it.",
    operands: [
      ['<hostname>', 'failover hostname or name of a service; with its port (HOSTNAME:PORT) if it has several'],
    ],
    examples: [
      'lifeboat explain reviews-failover.bookinfo.global --from us-east-1/us-east-1a --config examples/bookinfo',
    ],
    flags: [
      new Flag('--from <region[/zone[/subzone]]>', 'locality of the client; /zone if the region is unknown', {
        needed: true,
      }),
      new Flag('--port <number>', 'port of the hostname', { without: 'its only port' }),
      labelsFlag(),
      clusterFlag('none'),
      new Flag('--namespace <name>', 'namespace of the client', { without: 'any that can use the hostname' }),
      offlineConfigFlag(),
      ...readLimitFlags(),
      ...serverFlags(),
      outputFlag(['table', 'json', 'yaml'], 'table'),
    ],
    run: explain,
  });
}

async function explain(invocation: Invocation<ExplainFlags>) {
  const { operands, terminal, values } = invocation;
  const query = explainQuery(operands[0] ?? '', values);
  const result = await (await originOf(invocation)).explain(query);
  await write(terminal.stdout, print(result, values.output));
  return EXIT.fine;
}

function explainQuery(
  operand: string,
  { from, port: portFlag, labels, cluster, namespace }: ExplainFlags,
): ExplainQuery {
  const [, hostname = operand, portOfHost] = /^([^:]+):(\d+)$/.exec(operand) ?? [];
  if (portOfHost !== undefined && portFlag !== undefined && portOfHost !== portFlag)
    throw new CliError('usage', `${operand} and --port ${portFlag} name different ports.`);
  const port = portFlag ?? portOfHost;
  return {
    hostname,
    ...(port !== undefined && { port: parsePort(port) }),
    ...parseLocality(from),
    ...(cluster !== undefined && { cluster }),
    ...(namespace !== undefined && { namespace }),
    labels: parseLabels(labels ?? ''),
  };
}

function print(result: ExplainResult, output: ExplainFlags['output']): string {
  switch (output) {
    case 'json':
      return toJson(result);
    case 'yaml':
      return toYaml(result);
    case 'table':
      return `${toTable(heads, rows(result))}${result.findings.map((text) => `${text}\n`).join('')}`;
  }
}

const heads = ['TIER', 'TIER-SHARE', 'LOCALITY', 'WEIGHT', 'ENDPOINT', 'HEALTH', 'SHARE', 'RULE'];

/** One row for each endpoint. Tier and locality are printed in their first row only. */
function rows({ tiers }: ExplainResult): readonly (readonly string[])[] {
  return tiers.flatMap(({ priority, share, rule, localities }) =>
    localities.flatMap((locality, l) =>
      locality.endpoints.map((endpoint, e) => {
        const isFirst = l === 0 && e === 0;
        const place = [locality.region, locality.zone, locality.subZone].join('/').replace(/\/+$/, '');
        return [
          isFirst ? String(priority) : '',
          isFirst ? percent(share) : '',
          e === 0 ? place : '',
          e === 0 ? String(locality.weight) : '',
          `${endpoint.address}:${String(endpoint.port)}`,
          endpoint.health,
          percent(endpoint.share),
          isFirst ? rule : '',
        ];
      }),
    ),
  );
}

function percent(share: number): string {
  return `${String(share)}%`;
}
