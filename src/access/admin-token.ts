/** The bearer token of the admin address. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type AccessFileError, accessProblem } from './access-files.js';
import { FollowedFile, readSmallFile } from './followed-file.js';

/** Shorter ones can be guessed, in characters. */
const MIN_LENGTH = 16;
const TOKEN = /^[\w~+/.-]+=*$/;
const FLAG = '--admin-token-file';

/** A token that is replaced when its file changes. */
export interface AdminToken {
  /** Takes the same time for every token. */
  verify(token: string): boolean;
  reload(): Promise<void>;
  close(): void;
}

/** The token in a file, without white space around it. @throws AccessFileError */
export async function readAdminToken(path: string): Promise<string> {
  return (await readTokenFile(path)).token;
}

async function readTokenFile(path: string): Promise<{ readonly text: string; readonly token: string }> {
  try {
    const text = await readSmallFile(path);
    return { text, token: parse(text) };
  } catch (error) {
    throw accessProblem({ flag: FLAG, path }, error);
  }
}

/**
 * Follows the file.
 * @param told the file changed: without an error, its new token is in use; with one, the previous token stays in use.
 * @throws AccessFileError if the file cannot be used.
 */
export async function followAdminToken(path: string, told: (error?: AccessFileError) => void): Promise<AdminToken> {
  const { text, token } = await readTokenFile(path);
  let current = digest(token);
  const file = new FollowedFile(text, {
    path,
    parse,
    use: (changed) => {
      current = digest(changed);
      told();
    },
    failed: (error) => told(accessProblem({ flag: FLAG, path }, error)),
  });
  return {
    verify: (given) => timingSafeEqual(digest(given), current),
    reload: () => file.reload(),
    close: () => file.close(),
  };
}

function parse(text: string): string {
  const token = text.trim();
  if (token.length < MIN_LENGTH) throw new Error(`the token has fewer than ${MIN_LENGTH} characters`);
  // https://www.rfc-editor.org/rfc/rfc6750#section-2.1
  if (!TOKEN.test(token)) throw new Error('the token has characters other than letters, digits and -._~+/=');
  return token;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
