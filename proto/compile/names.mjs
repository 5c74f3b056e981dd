/** Names of TypeScript types. A message's own name will do where it is unique, with what it is nested in before it. */
import protobuf from 'protobufjs';

/**
 * TypeScript name by full name. Where several packages have a name, one message keeps it as it is: one of the list
 * `preferred`, else one of Envoy's own packages, else the one whose package has the shortest name. The others get a
 * suffix, from `suffixes` by package or made of the package's name.
 */
export function typeNames(closure, { preferred, suffixes }) {
  const outermost = new Map();
  for (const object of closure.values()) {
    const { path, package: owner } = split(object);
    outermost.set(path[0], (outermost.get(path[0]) ?? new Set()).add(owner));
  }
  const holders = new Map(
    [...outermost].map(([name, owners]) => [name, holderOf(name, [...owners], preferred, suffixes)]),
  );
  const suffixOf = (name, owner) =>
    suffixes[owner] ??
    uniqueSuffix(
      owner,
      [...outermost.get(name)].filter((other) => other !== holders.get(name)),
    );
  return new Map([...closure].map(([fullName, object]) => [fullName, nameOf(object, holders, suffixOf)]));
}

function nameOf(object, holders, suffixOf) {
  const { path, package: owner } = split(object);
  const suffix = holders.get(path[0]) === owner ? '' : suffixOf(path[0], owner);
  return [`${path[0]}${suffix}`, ...path.slice(1)].join('_');
}

/** The package that keeps a name as it is. */
function holderOf(name, owners, preferred, suffixes) {
  const listed = preferred
    .map((fullName) => fullName.split('.'))
    .find((path) => path.at(-1) === name && owners.includes(path.slice(0, -1).join('.')));
  if (listed !== undefined && owners.length > 1) return listed.slice(0, -1).join('.');
  const rank = (owner) =>
    (suffixes[owner] === undefined ? 0 : 4000) + (owner.startsWith('envoy.') ? 0 : 2000) + owner.length;
  return owners.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0];
}

/** As many words of the package as it takes to tell it from the others. */
function uniqueSuffix(owner, owners) {
  for (let words = 1; words < owner.split('.').length; words++) {
    const suffix = packageSuffix(owner, words);
    if (owners.every((other) => other === owner || packageSuffix(other, words) !== suffix)) return suffix;
  }
  return packageSuffix(owner, Infinity);
}

/** `envoy.extensions.filters.http.router.v3` gives `OfRouter`, and with two words `OfHttpRouter`. */
function packageSuffix(owner, words) {
  const steps = owner.split('.').filter((step) => !/^v\d/.test(step));
  const name = steps.slice(-words).join('_');
  return `Of${name.replace(/(?:^|_)(.)/g, (_, first) => first.toUpperCase())}`;
}

function split(object) {
  const path = [object.name];
  let parent = object.parent;
  while (parent instanceof protobuf.Type) {
    path.unshift(parent.name);
    parent = parent.parent;
  }
  return { path, package: parent.fullName.slice(1) };
}
