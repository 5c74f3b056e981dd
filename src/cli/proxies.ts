/** `lifeboat proxies`: the connected Envoys and whether they hold what they were sent. */
import type { Proxy } from '../control-plane/api.js';
import { adminClient } from './admin-client.js';
import { EXIT } from './cli-error.js';
import { addCommand, type Cli, type Invocation } from './command.js';
import { formatAge, toJson, toTable, toYaml } from './output.js';
import { outputFlag, serverFlag } from './shared-flags.js';
import { write } from './terminal.js';

interface ProxiesFlags {
  readonly output: 'table' | 'json' | 'yaml';
  readonly server: string;
}

export function addProxies(cli: Cli): void {
  addCommand<ProxiesFlags>(cli, {
    name: 'proxies',
    description:
      'Show the connected Envoys: for each type of resource the version they hold, and SYNCED, NOT SENT, STALE or NACK with the reason.',
    flags: [outputFlag(['table', 'json', 'yaml'], 'table'), serverFlag()],
    run: proxies,
  });
}

async function proxies({ terminal, values }: Invocation<ProxiesFlags>) {
  const items = await adminClient(values.server).proxies();
  if (items.length === 0 && values.output === 'table') {
    await write(terminal.stderr, 'No Envoys are connected.\n');
    return EXIT.fine;
  }
  await write(terminal.stdout, format(items, values.output, terminal.now()));
  return EXIT.fine;
}

function format(items: readonly Proxy[], output: ProxiesFlags['output'], now: number): string {
  switch (output) {
    case 'json':
      return toJson({ items });
    case 'yaml':
      return toYaml({ items });
    case 'table':
      return toTable(
        ['ID', 'LOCALITY', 'MESH', 'TYPE', 'VERSION', 'STATE', 'SINCE', 'REASON'],
        items.flatMap((proxy) => rows(proxy, now)),
      );
  }
}

/** One row per type, each complete, so that the table can be filtered by line. */
function rows({ id, locality, mesh, types }: Proxy, now: number): readonly (readonly string[])[] {
  const entries = Object.entries(types);
  if (entries.length === 0) return [[id, locality, mesh, '', '', '', '', '']];
  return entries.map(([type, { version, state, since, error }]) => {
    const age = now - Date.parse(since);
    return [id, locality, mesh, type, version, state, Number.isNaN(age) ? '' : formatAge(age), error ?? ''];
  });
}
