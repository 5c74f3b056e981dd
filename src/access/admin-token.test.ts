/** Promise 30: the token of the admin address. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followAdminToken } from './admin-token.js';

describe('promise 30: the token of the admin address', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-token-'));
  });
  after(() => rm(directory, { recursive: true }));

  async function follow(text: string): ReturnType<typeof followAdminToken> {
    const path = join(directory, 'token');
    await writeFile(path, text);
    return followAdminToken(path, () => undefined);
  }

  it('is compared by its digest, so texts of any length take the same time and are no error', async () => {
    const token = await follow('0123456789abcdef\n');
    try {
      const given = ['0123456789abcdef', '0123456789abcdeg', '', '0', '0123456789abcdef'.repeat(1_000)];
      assert.deepEqual(
        given.map((text) => token.verify(text)),
        [true, false, false, false, false],
      );
    } finally {
      token.close();
    }
  });

  for (const [text, message] of [
    ['0123456789abcde', /--admin-token-file .*fewer than 16 characters/],
    ['', /fewer than 16 characters/],
    ['0123456789 abcdef', /--admin-token-file/],
  ] as const)
    it(`is refused: ${JSON.stringify(text)}`, () => assert.rejects(follow(text), { name: 'AccessFileError', message }));
});
