/** How much the source takes in before it refuses a file or document, so that no input can stall or exhaust the process. */

/** Bytes of one file. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** UTF-16 code units of one YAML document; etcd takes 1.5 MB for a resource. JSON is not bound by it, nor is a List as a whole. */
export const MAX_DOCUMENT_LENGTH = 4 * 1024 * 1024;

/** Lexical tokens of one YAML document, some 10 µs each at worst. */
export const MAX_DOCUMENT_TOKENS = 1_000_000;

/** Levels of nesting, aliases followed. */
export const MAX_DEPTH = 100;

/** Values that the aliases of one document may add to it. */
export const MAX_ALIASED_VALUES = 100_000;

/** Findings about one document's syntax; what follows is mostly noise from the first. */
export const MAX_SYNTAX_PROBLEMS = 3;
