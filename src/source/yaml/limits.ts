/** Limits of files and documents, so that no input can stall the process or exhaust its memory. */

/** Bytes of one file. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** UTF-16 code units of one YAML document; etcd accepts 1.5 MB per resource. Does not apply to JSON or to a List as a whole. */
export const MAX_DOCUMENT_LENGTH = 4 * 1024 * 1024;

/** Lexical tokens of one YAML document, up to 10 µs each. */
export const MAX_DOCUMENT_TOKENS = 1_000_000;

/** Levels of nesting, with aliases expanded. */
export const MAX_DEPTH = 100;

/** Values that the aliases of one document may add to it. */
export const MAX_ALIASED_VALUES = 100_000;

/** Findings about the syntax of one document. Further ones are mostly consequences of the first. */
export const MAX_SYNTAX_FINDINGS = 3;
