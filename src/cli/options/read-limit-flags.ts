/** The flags that bound what is read from files. */
import { DEFAULT_READ_LIMITS, LARGEST_SYNTAX_LIMITS, type ReadLimits } from '../../source/index.js';
import { CliError } from '../output/cli-error.js';
import { Flag } from './flag.js';
import { readCount, readSize } from './quantities.js';

export interface ReadLimitFlags {
  readonly followLinks?: boolean;
  readonly maxFileSize: string;
  readonly maxDocuments: string;
  readonly maxFiles: string;
  readonly maxDepth: string;
  readonly maxAliasedValues: string;
}

export function readLimitFlags(): readonly Flag[] {
  return [
    new Flag('--follow-links', 'follow symbolic links that lead out of the given paths'),
    new Flag('--max-file-size <size>', 'maximum size of a file, in bytes or with a unit (KiB, MiB, GiB)', {
      default: formatSize(DEFAULT_READ_LIMITS.fileBytes),
    }),
    new Flag('--max-documents <number>', 'maximum number of documents, and of items of lists, in a file', {
      default: String(DEFAULT_READ_LIMITS.documents),
    }),
    new Flag('--max-files <number>', 'maximum number of files and directories under a path', {
      default: String(DEFAULT_READ_LIMITS.files),
    }),
    new Flag('--max-depth <number>', 'maximum number of levels of nesting in a document', {
      default: String(DEFAULT_READ_LIMITS.depth),
    }),
    new Flag(
      '--max-aliased-values <number>',
      'maximum number of values that the aliases of a YAML document add to it',
      {
        default: String(DEFAULT_READ_LIMITS.aliasedValues),
      },
    ),
  ];
}

/** @throws CliError (usage) for a value that is not a positive number, or too large. */
export function readLimitsOf(flags: ReadLimitFlags): ReadLimits {
  return {
    fileBytes: fileSizeOf('--max-file-size', flags.maxFileSize),
    documents: countOf('--max-documents', flags.maxDocuments),
    files: countOf('--max-files', flags.maxFiles),
    depth: countOf('--max-depth', flags.maxDepth, LARGEST_SYNTAX_LIMITS.depth),
    aliasedValues: countOf('--max-aliased-values', flags.maxAliasedValues, LARGEST_SYNTAX_LIMITS.aliasedValues),
    followLinks: flags.followLinks === true,
  };
}

/** Node.js has no longer strings than about 512 MiB, and the text of a file is one. */
const LARGEST_SIZE = 256 * 2 ** 20;

const LARGEST_COUNT = 10_000_000;

function fileSizeOf(flag: string, text: string): number {
  const bytes = readSize(text) ?? 0;
  if (bytes > 0 && bytes <= LARGEST_SIZE) return bytes;
  throw new CliError(
    'usage',
    `${flag} ${text}: must be a size from 1 byte to ${formatSize(LARGEST_SIZE)}, such as 64MiB.`,
  );
}

function countOf(flag: string, text: string, largest = LARGEST_COUNT): number {
  const count = readCount(text);
  if (count !== undefined && count <= largest) return count;
  throw new CliError('usage', `${flag} ${text}: must be a whole number from 1 to ${largest}.`);
}

function formatSize(bytes: number): string {
  return `${bytes / 2 ** 20}MiB`;
}
