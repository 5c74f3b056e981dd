/** `make release`: checks whether the tree can be released. Prints the version, or each problem and exits with 1. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkProblems } from './links.mjs';

const FILES = ['LICENSE', 'NOTICE', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'ARCHITECTURE.md'];

/** The problems that prevent a release, as sentences. */
export function releaseProblems(root) {
  const missing = FILES.filter((file) => !existsSync(join(root, file)));
  return [
    ...missing.map((file) => `${file} is missing.`),
    ...(missing.includes('CHANGELOG.md') ? [] : changelogProblems(root)),
    ...packageProblems(root),
    ...linkProblems(root),
    ...treeProblems(root),
  ];
}

export function versionOf(root) {
  return packageOf(root).version;
}

function packageOf(root) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/** The version must have a section with a date and content. */
function changelogProblems(root) {
  const version = versionOf(root);
  const sections = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').split(/^## /m);
  const section = sections.find((text) => text.split(/\s/, 1)[0] === version);
  if (section === undefined) return [`CHANGELOG.md has no section for version ${version}: add "## ${version} - DATE".`];
  const [title, ...lines] = section.split('\n');
  return [
    ...(/ - \d{4}-\d{2}-\d{2}$/.test(title) ? [] : [`CHANGELOG.md: the section "${title}" has no date: YYYY-MM-DD.`]),
    ...(lines.some((line) => line.trim() !== '') ? [] : [`CHANGELOG.md: the section "${title}" is empty.`]),
  ];
}

/** The lock file must have the version, and the package must contain the files that users need. */
function packageProblems(root) {
  const { version, files = [] } = packageOf(root);
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return [
    ...(lock.version === version
      ? []
      : [`package-lock.json has version ${lock.version}, not ${version}: run npm install.`]),
    ...['LICENSE', 'NOTICE', 'CHANGELOG.md']
      .filter((file) => !files.includes(file))
      .map((file) => `package.json: "files" lacks ${file}.`),
  ];
}

function treeProblems(root) {
  const changes = git(root, 'status', '--porcelain').split('\n').filter(Boolean);
  return changes.map((line) => `Not committed: ${line.slice(3)}`);
}

function git(root, ...args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = releaseProblems('.');
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`Version ${versionOf('.')} can be released.`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
