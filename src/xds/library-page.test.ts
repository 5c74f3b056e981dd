/** docs/library.md says what is so: its example is the file that is tested, and nothing that is exported is missing. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DEFAULT_LIMITS } from './index.js';
import { shareOfHeap } from './protocol/limits.js';

const root = new URL('../../../', import.meta.url);
const PAGE = readFileSync(new URL('docs/library.md', root), 'utf8');
const INDEX = readFileSync(new URL('src/xds/index.ts', root), 'utf8');

describe('docs/library.md', () => {
  it('quotes the example unchanged', () => {
    const file = 'examples/xds-library/server.mjs';
    const quoted = new RegExp(`<!-- ${file} -->\n\`\`\`js\n(.*?)\`\`\`\n`, 's').exec(PAGE)?.[1];
    assert.equal(quoted, readFileSync(new URL(file, root), 'utf8'));
  });

  it('names every export', () => {
    const exported = [...INDEX.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
      list.split(',').flatMap((name) => name.trim().replace(/^type /, '') || []),
    );
    assert.ok(exported.length > 40, exported.join());
    assert.deepEqual(
      exported.filter((name) => !new RegExp(`\\b${name}\\b`).test(PAGE)),
      [],
    );
  });

  it('has a row for each limit with its default', () => {
    const rows = [...PAGE.matchAll(/^\| `(\w+)` \| ([\d .]*\d|no limit)(?: (MiB|ms|% of the heap limit))?[^|]* \|/gm)];
    const units: Readonly<Record<string, (value: number) => number>> = {
      MiB: (value) => value * (1 << 20),
      ms: (value) => value,
      '% of the heap limit': (value) => shareOfHeap(value / 100),
    };
    const documented = new Map(
      rows.map(([, name = '', value = '', unit]) => [
        name,
        value === 'no limit' ? Infinity : (units[unit ?? 'ms'] ?? Number)(Number(value.replaceAll(' ', ''))),
      ]),
    );
    for (const [name, value] of Object.entries(DEFAULT_LIMITS)) assert.equal(documented.get(name), value, name);
  });
});
