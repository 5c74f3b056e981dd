/** Writes docs/resources from proto/ and the examples in it: `make docs`. */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadProtos, protoFilesIn } from '../proto/compile/load.mjs';
import { referencePages } from '../proto/compile/reference.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}docs/resources`;

/** The text of each page by its file name. */
export function pagesOf() {
  const { kinds, folders } = readKinds();
  const files = folders.flatMap((name) => protoFilesIn([`${root}proto`], name));
  return referencePages(loadProtos([`${root}proto`], files), kinds, (name) =>
    readFileSync(`${folder}/examples/${name}.yaml`, 'utf8'),
  );
}

function readKinds() {
  return JSON.parse(readFileSync(`${root}proto/kinds.json`, 'utf8'));
}

/** The text of each existing page. */
export function writtenPages() {
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'));
  return new Map(names.map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]));
}

function main() {
  const pages = pagesOf();
  for (const name of writtenPages().keys()) if (!pages.has(name)) rmSync(`${folder}/${name}`);
  for (const [name, text] of pages) writeFileSync(`${folder}/${name}`, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
