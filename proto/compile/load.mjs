/** Reads .proto files and whatever they import. Options and annotations of others are left out. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import protobuf from 'protobufjs';

/** Imports that only bring annotations. */
const annotations =
  /^(validate|udpa\/annotations|xds\/annotations|envoy\/annotations|google\/api\/annotations|options\.proto)|descriptor\.proto$/;

/**
 * Paths of the .proto files in a folder, relative to the search folder that has it; none where no search folder does.
 * `recursive`: those in folders below it too.
 */
export function protoFilesIn(searchFolders, folder, { recursive = false } = {}) {
  const home = searchFolders.find((candidate) => existsSync(`${candidate}/${folder}`));
  if (home === undefined) return [];
  const names = readdirSync(`${home}/${folder}`, { recursive })
    .filter((name) => name.endsWith('.proto'))
    .sort();
  return names.map((name) => (folder === '' ? name : `${folder}/${name}`));
}

/**
 * Parses the files and their imports, field names and comments as they are written. An import that is nowhere is
 * skipped.
 */
export function loadProtos(searchFolders, files, { followImports = true } = {}) {
  const root = new protobuf.Root();
  const waiting = [...files];
  const seen = new Set(waiting);
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const imports = parseFile(root, searchFolders, file);
    for (const name of followImports ? imports : []) {
      if (seen.has(name) || annotations.test(name)) continue;
      seen.add(name);
      waiting.push(name);
    }
  }
  return root;
}

function parseFile(root, searchFolders, file) {
  const wellKnown = protobuf.common.get(file);
  if (wellKnown !== null) {
    root.addJSON(wellKnown.nested);
    return [];
  }
  const home = searchFolders.find((folder) => existsSync(`${folder}/${file}`));
  if (home === undefined) return [];
  const options = { keepCase: true, alternateCommentMode: true };
  // What is declared remembers its file.
  protobuf.parse.filename = file;
  const { imports = [], weakImports = [] } = protobuf.parse(readFileSync(`${home}/${file}`, 'utf8'), root, options);
  return [...imports, ...weakImports];
}
