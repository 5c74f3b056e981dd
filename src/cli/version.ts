/** The version of this package, from its package.json. */
import { readFileSync } from 'node:fs';

// From dist/src/cli to the root of the package.
const packageFile = new URL('../../../package.json', import.meta.url);

export const VERSION: string = (JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string }).version;
