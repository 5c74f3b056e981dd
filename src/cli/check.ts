/** `lifeboat check [NAME=]PATH…`: validates files without a server. */
import type { Finding } from '../control-plane/api/api.js';
import { EXIT } from './output/cli-error.js';
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { formatPosition, formatRef, writeFindings } from './output/finding-lines.js';
import { Flag } from './options/flag.js';
import { type ReadLimitFlags, readLimitFlags } from './options/read-limit-flags.js';
import { loadPaths } from './queries/load-paths.js';
import { toJson, toTable, toYaml } from './output/output.js';
import { outputFlag } from './options/shared-flags.js';
import { type Terminal, write } from './output/terminal.js';

interface CheckFlags extends ReadLimitFlags {
  readonly strict?: boolean;
  readonly output: 'text' | 'json' | 'yaml' | 'table';
}

export function addCheck(cli: Cli): void {
  addCommand<CheckFlags>(cli, {
    name: 'check',
    description:
      'Validate resources without a server. Prints one line per finding. Exits with 1 if a finding is an error.',
    operands: [
      [
        '<path...>',
        'files, or directories that are read recursively (*.yaml, *.yml, *.json); - reads the standard input; NAME=PATH sets the cluster of resources that do not name one',
      ],
    ],
    examples: [
      'lifeboat check examples/bookinfo',
      'lifeboat check --strict resources/ -o json',
      'kubectl get vd,fop -A -o yaml | lifeboat check -',
    ],
    flags: [
      new Flag('--strict', 'exit with 1 on warnings too'),
      ...readLimitFlags(),
      outputFlag(['text', 'json', 'yaml', 'table'], 'text'),
    ],
    run: check,
  });
}

async function check({ operands, ports, terminal, values }: Invocation<CheckFlags>) {
  const controlPlane = await loadPaths(operands, '', { ports, terminal, values });
  const findings = controlPlane.findings();
  await print(findings, values.output, terminal);
  await write(terminal.stderr, `${summary(findings, controlPlane.resources().length)}\n`);
  const fails = (finding: Finding): boolean => finding.severity === 'error' || values.strict === true;
  return findings.some(fails) ? EXIT.failed : EXIT.fine;
}

async function print(findings: readonly Finding[], output: CheckFlags['output'], terminal: Terminal): Promise<void> {
  switch (output) {
    case 'text':
      return writeFindings(findings, terminal.stdout, terminal.env);
    case 'table':
      return write(
        terminal.stdout,
        toTable(['POSITION', 'SEVERITY', 'CODE', 'RESOURCE', 'MESSAGE'], findings.map(row)),
      );
    case 'json':
      return write(terminal.stdout, toJson({ findings: findings.map(published) }));
    case 'yaml':
      return write(terminal.stdout, toYaml({ findings: findings.map(published) }));
  }
}

function row(finding: Finding): readonly string[] {
  return [formatPosition(finding), finding.severity, finding.code, formatRef(finding), finding.message];
}

/** The documented fields only, in a fixed order. */
function published(finding: Finding): Finding {
  const { file, line, column, severity, code, kind, namespace, name, path, message } = finding;
  return { file, line, column, severity, code, kind, namespace, name, path, message };
}

function summary(findings: readonly Finding[], resources: number): string {
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  return `${count(resources, 'resource')}: ${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}.`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
