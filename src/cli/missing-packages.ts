/**
 * Says which packages of the program are not installed. They are optional dependencies, because the library `lifeboat/xds` runs without
 * them: `npm install --omit=optional` leaves them out.
 */
import { readFileSync } from 'node:fs';

const PACKAGE_FILE = new URL('../../../package.json', import.meta.url);

/** The codes of `import` and `require`: https://nodejs.org/api/errors.html#err_module_not_found */
const NOT_FOUND: ReadonlySet<unknown> = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/**
 * The sentence for the person at the terminal, if the error is that such a package is missing; otherwise `undefined`.
 * @param isInstalled whether a package can be imported. Default: as Node.js resolves it.
 */
export function missingPackages(error: unknown, isInstalled = canBeResolved): string | undefined {
  if (!(error instanceof Error && 'code' in error && NOT_FOUND.has(error.code))) return undefined;
  const names = optionalPackages().filter((name) => !isInstalled(name));
  if (names.length === 0) return undefined;
  const subject = names.length === 1 ? 'a package is' : `${names.length} packages are`;
  return `${subject} not installed (${names.join(', ')}); install the program with npm install --include=optional lifeboat`;
}

function optionalPackages(): readonly string[] {
  const manifest = JSON.parse(readFileSync(PACKAGE_FILE, 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  return Object.keys(manifest.optionalDependencies);
}

function canBeResolved(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}
