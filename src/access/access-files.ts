/** The files of `serve` that say who may connect: the client policy and the key set of bearer tokens. */
import { type TokenOptions, tokenVerifier } from './bearer-tokens.js';
import type { AccessRules } from './client-access.js';
import { policyOfRules } from './client-policy.js';
import { FollowedFile, readSmallFile } from './followed-file.js';
import { PolicyError, readPolicy } from './policy-file.js';

/** Paths of files, and what tokens must say. */
export interface AccessFiles {
  /** Absent: `DEFAULT_POLICY`. */
  readonly policy?: string;
  /** Absent: bearer tokens are not accepted. */
  readonly tokens?: TokenOptions & { readonly keySet: string };
}

/** A file cannot be used. The message is a sentence that names the flag and the file. */
export class AccessFileError extends Error {
  override readonly name = 'AccessFileError';
}

/** One file: its flag, its path, and the rules that follow from its text. */
interface AccessFile {
  readonly flag: string;
  readonly path: string;
  readonly parse: (text: string) => Partial<AccessRules> | Promise<Partial<AccessRules>>;
}

/** A file with the text that the rules come from. */
export interface ReadAccessFile {
  readonly file: AccessFile;
  readonly text: string;
}

export interface ReadAccess {
  readonly rules: Partial<AccessRules>;
  readonly files: readonly ReadAccessFile[];
}

function* filesOf({ policy, tokens }: AccessFiles): Generator<AccessFile, void> {
  if (policy !== undefined)
    yield { flag: '--client-policy', path: policy, parse: (text) => ({ policy: policyOfRules(readPolicy(text)) }) };
  if (tokens !== undefined) {
    const { keySet, ...options } = tokens;
    const parse = async (text: string): Promise<Partial<AccessRules>> => ({
      verifyToken: await tokenVerifier(text, options),
    });
    yield { flag: '--client-jwks', path: keySet, parse };
  }
}

/** @throws AccessFileError */
export async function readAccessFiles(access: AccessFiles): Promise<ReadAccess> {
  let rules: Partial<AccessRules> = {};
  const files: ReadAccessFile[] = [];
  for (const file of filesOf(access)) {
    try {
      const text = await readSmallFile(file.path);
      rules = { ...rules, ...(await file.parse(text)) };
      files.push({ file, text });
    } catch (error) {
      throw accessProblem(file, error);
    }
  }
  return { rules, files };
}

/**
 * Follows the files.
 * @param failed a file changed and cannot be used; what it said before stays in use.
 */
export function followAccessFiles(
  { files }: ReadAccess,
  use: (rules: Partial<AccessRules>, path: string) => void,
  failed: (error: AccessFileError) => void,
): readonly Pick<FollowedFile<unknown>, 'reload' | 'close'>[] {
  return files.map(
    ({ file, text }) =>
      new FollowedFile(text, {
        path: file.path,
        parse: file.parse,
        use: (rules) => use(rules, file.path),
        failed: (error) => failed(accessProblem(file, error)),
      }),
  );
}

export function accessProblem({ flag, path }: Pick<AccessFile, 'flag' | 'path'>, cause: unknown): AccessFileError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const place = cause instanceof PolicyError ? `${path}:` : `${path}: `;
  return new AccessFileError(`${flag} ${place}${reason}`, { cause });
}
