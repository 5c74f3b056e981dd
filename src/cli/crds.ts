/** `lifeboat crds`: the CustomResourceDefinitions, for `kubectl apply -f -`. */
import { customResourceDefinitions } from '../kubernetes/definitions/definitions.js';
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { EXIT } from './output/cli-error.js';
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
    examples: ['lifeboat crds | kubectl apply --server-side -f -', 'lifeboat crds -o json'],
    flags: [outputFlag(['yaml', 'json'], 'yaml')],
    run: printDefinitions,
  });
}

async function printDefinitions({ terminal, values }: Invocation<CrdsFlags>): Promise<0> {
  const definitions = customResourceDefinitions();
  const text =
    values.output === 'json'
      ? toJson({ apiVersion: 'v1', kind: 'List', items: definitions })
      : definitions.map((definition) => `---\n${toYaml(definition)}`).join('');
  await write(terminal.stdout, text);
  return EXIT.fine;
}
