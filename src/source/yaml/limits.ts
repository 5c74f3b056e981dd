/** Limits of files and documents, so that no input can stall the process or exhaust its memory. */

/** The limits of one document that a user can set. */
export interface SyntaxLimits {
  /** Levels of nesting, with aliases expanded. */
  readonly depth: number;
  /** Values that the aliases of one document may add to it. */
  readonly aliasedValues: number;
}

/** The limits that a user can set. */
export interface ReadLimits extends SyntaxLimits {
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Documents of one file. Each item of a YAML List, and each JSON value of a stream, is a document. */
  readonly documents: number;
  /** Files and directories under one configured path. */
  readonly files: number;
  /** Whether symbolic links that lead out of the configured paths are followed. */
  readonly followLinks: boolean;
}

export const DEFAULT_READ_LIMITS: ReadLimits = {
  fileBytes: 32 * 1024 * 1024,
  documents: 100_000,
  files: 100_000,
  followLinks: false,
  depth: 100,
  aliasedValues: 100_000,
};

/** The largest limits that can be set. Functions call themselves for each level, and the stack has room for several times as many. */
export const LARGEST_SYNTAX_LIMITS: SyntaxLimits = { depth: 500, aliasedValues: 10_000_000 };

/** Directories within each other under one configured path. */
export const MAX_DIRECTORY_DEPTH = 32;

/** Findings about one file. Further ones are counted: a file that is no list of resources has one for each of its documents. */
export const MAX_FILE_FINDINGS = 1_000;

/** UTF-16 code units of one YAML document; etcd accepts 1.5 MB per resource. Does not apply to JSON or to a List as a whole. */
export const MAX_DOCUMENT_LENGTH = 4 * 1024 * 1024;

/** Lexical tokens of one YAML document, up to 10 µs each. */
export const MAX_DOCUMENT_TOKENS = 1_000_000;

/** Findings about the syntax of one document. Further ones are mostly consequences of the first. */
export const MAX_SYNTAX_FINDINGS = 3;
