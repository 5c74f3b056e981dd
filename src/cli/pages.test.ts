/** README.md and docs/ say what the program does: its exit codes, flags, entries of node metadata and metrics. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { METADATA_ENTRIES } from '../control-plane/clients/node-metadata.js';
import { runCommand } from '../testing/run-command.js';
import { DEFAULT_LIMITS, LIMIT_NAMES } from '../xds/index.js';
import { LISTEN_DEFAULTS } from '../xds/transport/listen-options.js';
import { type LimitFlags, clientLimitsOf, limitFlags } from './options/limit-flags.js';
import { readLimitFlags } from './options/read-limit-flags.js';
import { EXIT } from './output/cli-error.js';

const root = new URL('../../../', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** The part of a page below a heading, up to the next heading of the same level. */
function section(page: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0] ?? '';
  const [, rest = ''] = read(page).split(`\n${heading}\n`);
  assert.notEqual(rest, '', `${page} has no "${heading}"`);
  return rest.split(`\n${level} `)[0] ?? '';
}

/** The cells of the rows of the tables in a text. */
function rowsOf(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

/** Those that begin with a name. */
function rows(text: string): readonly (readonly string[])[] {
  return rowsOf(text).filter(([first = '']) => first.startsWith('`'));
}

/** What stands in backquotes. */
function quoted(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

/** The flags of a command by name, with their defaults, as its help prints them. */
async function flagsOf(command: string): Promise<Map<string, string>> {
  const { out } = await runCommand([command, '--help']);
  const text = out.replaceAll(/\s+/g, ' ');
  const flags = [...text.matchAll(/ (--[a-z-]+)(?: <[^>]*>)? (?!--)(.*?)\(([^()]*env: LIFEBOAT_\w+)\)/g)];
  return new Map(
    flags.map(([, name = '', , properties = '']) => [name, /default: ([^;]*)/.exec(properties)?.[1] ?? '']),
  );
}

describe('the exit codes', () => {
  const codes = Object.values(EXIT);

  it('are documented in README.md', () => {
    const [, sentence = ''] = /Exit codes: ([^.]*)\./.exec(read('README.md')) ?? [];
    assert.deepEqual([...sentence.matchAll(/\b\d+\b/g)].map(Number), codes);
  });

  it('are documented in the help', async () => {
    const { out } = await runCommand(['--help']);
    const [, sentence = ''] = /Exit codes: ([^.]*)\./.exec(out) ?? [];
    assert.deepEqual([...sentence.matchAll(/\b\d+\b/g)].map(Number), codes);
  });
});

describe('the flags of serve', () => {
  it('are documented in docs/operation.md with their defaults', async () => {
    const flags = await flagsOf('serve');
    // Every command has it, and the text above the table describes it.
    flags.delete('--settings');
    assert.ok(flags.size > 10, [...flags.keys()].join());
    const table = section('docs/operation.md', '## Flags of `lifeboat serve`').split('\n### Certificates')[0] ?? '';
    const documented = new Map(
      rows(table).flatMap(([names = '', value = '']) =>
        quoted(names).map((name) => [name.split(' ')[0] ?? '', value.replaceAll('`', '')] as const),
      ),
    );
    assert.deepEqual([...documented.keys()].sort(), [...flags.keys()].sort());
    // A flag for a file has a sentence instead of a default.
    for (const [name, value] of flags)
      if (/^[-\d.:%a-zA-Z]+$/.test(value)) assert.ok(documented.get(name)?.endsWith(value), `${name}: ${value}`);
  });
});

describe('the limits', () => {
  const table = rowsOf(section('docs/operation.md', '### Limits')).slice(1);

  it('stand in docs/operation.md, each with what happens beyond it', () => {
    const documented = new Set(table.flatMap(([, , , beyond = '']) => quoted(beyond)));
    assert.deepEqual([...documented].filter((name) => name !== '/readyz').sort(), [...LIMIT_NAMES].sort());
  });

  it('have the defaults of the library where they have no flag, and the flags those of the library', async () => {
    const flags = await flagsOf('serve');
    const limits = clientLimitsOf(
      Object.fromEntries([...flags].map(([name, value]) => [camelCase(name.slice(2)), value])) as unknown as LimitFlags,
    );
    assert.deepEqual({ ...DEFAULT_LIMITS, ...limits.streams }, DEFAULT_LIMITS);
    assert.deepEqual({ ...LISTEN_DEFAULTS, ...limits.connections }, LISTEN_DEFAULTS);
  });
});

describe('the threat behind each limit', () => {
  it('is in docs/security.md', () => {
    const names = [...limitFlags(), ...readLimitFlags()].map((flag) => `--${flag.name()}`);
    const table = rowsOf(section('docs/security.md', '## The threat behind each limit')).slice(1);
    const documented = table.flatMap(([limits = '']) => quoted(limits));
    assert.deepEqual(documented.sort(), names.sort());
  });
});

function camelCase(flag: string): string {
  return flag.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());
}

describe('the entries of node metadata', () => {
  it('are documented in docs/envoys.md, without others', () => {
    const [, table = ''] = /^(\| entry .*?)\n\n/ms.exec(read('docs/envoys.md')) ?? [];
    const documented = rows(table).flatMap(([names = '']) => quoted(names));
    // It tells gRPC clients from Envoys.
    const forEnvoys = METADATA_ENTRIES.filter((name) => name !== 'GENERATOR');
    assert.deepEqual(documented.sort(), [...forEnvoys].sort());
    assert.match(read('docs/grpc.md'), /`GENERATOR`/);
  });
});

describe('the metrics', () => {
  it('are documented in docs/operation.md, without others', () => {
    const files = readdirSync(new URL('src/admin/metrics/', root)).filter((file) => !file.endsWith('.test.ts'));
    const source = files.map((file) => read(`src/admin/metrics/${file}`)).join('\n');
    const known = [...source.matchAll(/name: '(lifeboat_\w+)'/g)].map(([, name = '']) => name);
    assert.ok(known.length > 10, known.join());
    const documented = rows(section('docs/operation.md', '## Metrics')).flatMap(([names = '']) => quoted(names));
    assert.deepEqual([...documented].sort(), [...known].sort());
  });
});
