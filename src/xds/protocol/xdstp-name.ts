/**
 * Names of the form `xdstp://AUTHORITY/TYPE/ID?KEY=VALUE&…`. The order of the context parameters does not matter. Other names are never
 * changed. https://www.envoyproxy.io/docs/envoy/latest/xds/core/v3/resource_locator.proto
 */

const SCHEME = 'xdstp:';

export function isXdstpName(name: string): boolean {
  return name.startsWith(SCHEME);
}

/** The name with its context parameters sorted by key; other names unchanged. */
export function canonicalXdsName(name: string): string {
  if (!isXdstpName(name)) return name;
  const { path, parameters, directives } = partsOf(name);
  return path + parameters + directives;
}

/** Returns the given list if no name changes. */
export function canonicalNames(names: readonly string[]): readonly string[] {
  return names.some(isXdstpName) ? names.map(canonicalXdsName) : names;
}

/**
 * The canonical name of the collection that contains a resource of this name: `xdstp://AUTHORITY/TYPE/a/*` for
 * `xdstp://AUTHORITY/TYPE/a/b`, with the same context parameters.
 */
export function globOf(name: string): string {
  const { path, parameters } = partsOf(name);
  return `${path.slice(0, path.lastIndexOf('/') + 1)}*${parameters}`;
}

interface Parts {
  readonly path: string;
  /** With the question mark, sorted. Empty: none. */
  readonly parameters: string;
  /** With the hash. Empty: none. */
  readonly directives: string;
}

function partsOf(name: string): Parts {
  const hash = name.indexOf('#');
  const main = hash < 0 ? name : name.slice(0, hash);
  const question = main.indexOf('?');
  const parameters = question < 0 ? [] : main.slice(question + 1).split('&');
  const sorted = parameters.filter((parameter) => parameter !== '').sort(byKey);
  return {
    path: question < 0 ? main : main.slice(0, question),
    parameters: sorted.length === 0 ? '' : `?${sorted.join('&')}`,
    directives: hash < 0 ? '' : name.slice(hash),
  };
}

function byKey(one: string, other: string): number {
  const [key, otherKey] = [keyOf(one), keyOf(other)];
  return key < otherKey ? -1 : key > otherKey ? 1 : 0;
}

function keyOf(parameter: string): string {
  const equals = parameter.indexOf('=');
  return equals < 0 ? parameter : parameter.slice(0, equals);
}
