/** The files of the field account: its worlds, values to try, and exceptions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { RawResource } from '../../api/resource.js';
import { readDocuments } from '../case.js';
import { TESTDATA } from '../golden.js';
import type { AccountedField } from './fields.js';
import { changedDocument } from './observed-world.js';

export const FOLDER = join(TESTDATA, 'field-account');

/** A reason, by `package.Message.field`. */
export type Exceptions = Readonly<Record<string, string>>;

export function readExceptions(): Exceptions {
  return readYaml('exceptions.yaml') as Exceptions;
}

/** The exception for a field: it names the field or a field around it, at any place. */
export function exceptionOf({ names }: AccountedField, exceptions: Exceptions): string | undefined {
  return names.find((name) => name in exceptions);
}

export function readYaml(file: string): unknown {
  return parse(readFileSync(join(FOLDER, file), 'utf8')) ?? {};
}

/** The documents of a text, without positions. */
export function documentsOf(file: string, text: string): readonly RawResource[] {
  return readDocuments(file, text).map((raw) => changedDocument(raw, raw.document));
}
