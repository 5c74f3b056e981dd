/** Checks the links of the Markdown files. Knows the repository only: links to other sites are not followed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import GithubSlugger from 'github-slugger';

/** Files in which paths in `code` must exist too, because readers follow them. */
const GUIDES = new Set(['CONTRIBUTING.md', 'ARCHITECTURE.md']);

/** Folders that are not part of the repository. */
const FOREIGN = new Set(['node_modules', 'dist', 'coverage', '.cache', '.git']);

/** Links of the Markdown files under `root` to missing files or headings, as sentences. */
export function linkProblems(root) {
  return markdownFiles(root, '').flatMap((file) => problemsOf(root, file));
}

function markdownFiles(root, folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter(({ name }) => !FOREIGN.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return markdownFiles(root, path);
      return entry.name.endsWith('.md') ? [path] : [];
    });
}

function problemsOf(root, file) {
  const text = proseOf(readFileSync(join(root, file), 'utf8'));
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  const broken = links.filter((target) => !isExternal(target) && !leadsSomewhere(root, file, target));
  const paths = GUIDES.has(file) ? pathsIn(text).filter((path) => !existsSync(join(root, path))) : [];
  return [
    ...broken.map((target) => `${file}: the link to ${target} leads nowhere.`),
    ...paths.map((path) => `${file}: ${path} does not exist.`),
  ];
}

function isExternal(target) {
  return /^[a-z][a-z0-9+.-]*:/i.test(target);
}

function leadsSomewhere(root, file, target) {
  const [path, anchor] = target.split('#');
  const found = path === '' ? join(root, file) : join(root, dirname(file), decodeURIComponent(path));
  if (!existsSync(found)) return false;
  return anchor === undefined || !found.endsWith('.md') || anchorsOf(found).has(anchor);
}

/** The anchors that GitHub gives the headings of a file. */
function anchorsOf(file) {
  const slugger = new GithubSlugger();
  const headings = [...proseOf(readFileSync(file, 'utf8')).matchAll(/^#{1,6} +(.*?) *#*$/gm)].map(([, text]) => text);
  return new Set(headings.map((text) => slugger.slug(text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'))));
}

/** The text without code blocks, in which `[x](y)` and `# x` are neither links nor headings. */
function proseOf(text) {
  return text.replaceAll(/^( *)(```|~~~)[^]*?^\1\2 *$/gm, '');
}

/** Paths of files in `code`, such as `src/mesh/tables.ts`. */
function pathsIn(text) {
  return [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+)`/g)].map(([, path]) => path).filter((path) => /\.\w+$/.test(path));
}
