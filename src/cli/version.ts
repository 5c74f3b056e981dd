/** The version in the package's own package.json. */
import { readFileSync } from 'node:fs';

// Two folders up from dist/src/cli is dist; the package starts above it.
const packageFile = new URL('../../../package.json', import.meta.url);

export const VERSION: string = (JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string }).version;
