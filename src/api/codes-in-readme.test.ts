import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { updatesGoldens } from '../testing/golden.js';
import { diagnosticCodes } from './codes.js';

const README = fileURLToPath(new URL('../../../README.md', import.meta.url));
const [BEGIN, END] = ['<!-- codes begin -->\n', '<!-- codes end -->'];

describe("the README's table of codes", () => {
  it('equals the codes of the program', () => {
    const text = readFileSync(README, 'utf8');
    const before = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
    const expected = before + table() + text.slice(text.indexOf(END));
    if (updatesGoldens()) writeFileSync(README, expected);
    else assert.equal(text, expected, 'make golden rewrites it');
  });
});

function table(): string {
  const rows = Object.entries(diagnosticCodes).map(([code, description]) => `| \`${code}\` | ${description} |\n`);
  return `| code | meaning |\n|---|---|\n${rows.join('')}`;
}
