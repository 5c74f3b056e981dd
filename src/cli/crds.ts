/** `lifeboat crds`: the CustomResourceDefinitions, for `kubectl apply -f -`. */
import { type CustomResourceDefinition, customResourceDefinitions } from '../kubernetes/definitions/definitions.js';
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { CliError, EXIT } from './output/cli-error.js';
import { toJson, toYaml } from './output/output.js';
import { outputFlag } from './options/shared-flags.js';
import { write } from './output/terminal.js';

interface CrdsFlags {
  readonly output: 'yaml' | 'json';
}

export function addCrds(cli: Cli): void {
  addCommand<CrdsFlags>(cli, {
    name: 'crds',
    description:
      'Print the CustomResourceDefinitions of all kinds that Kubernetes does not have itself, for `kubectl apply -f -`.',
    operands: [
      ['[group...]', 'only the definitions of these API groups, such as networking.smh.solo.io (default: all)'],
    ],
    examples: [
      'lifeboat crds | kubectl apply --server-side -f -',
      'lifeboat crds networking.smh.solo.io discovery.smh.solo.io',
      'lifeboat crds -o json',
    ],
    flags: [outputFlag(['yaml', 'json'], 'yaml')],
    run: printDefinitions,
  });
}

async function printDefinitions({ operands, terminal, values }: Invocation<CrdsFlags>): Promise<0> {
  const definitions = definitionsOf(operands);
  const text =
    values.output === 'json'
      ? toJson({ apiVersion: 'v1', kind: 'List', items: definitions })
      : definitions.map((definition) => `---\n${toYaml(definition)}`).join('');
  await write(terminal.stdout, text);
  return EXIT.fine;
}

/** @throws CliError (usage) for a group that has no definitions */
function definitionsOf(groups: readonly string[]): readonly CustomResourceDefinition[] {
  const all = customResourceDefinitions();
  const known = [...new Set(all.map(({ spec }) => spec.group))].sort();
  const unknown = groups.find((group) => !known.includes(group));
  if (unknown !== undefined)
    throw new CliError('usage', `${unknown}: is no API group of Lifeboat's resources. They are ${known.join(', ')}.`);
  return groups.length === 0 ? all : all.filter(({ spec }) => groups.includes(spec.group));
}
