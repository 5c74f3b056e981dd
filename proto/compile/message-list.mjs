/**
 * The list of Envoy messages: one full name per line, `#` begins a comment, `-` before a name leaves it out, `+` puts it among those that
 * are compiled apart from the rest. There a name that ends in `.*` stands for all messages of the packages below it.
 */
export function readMessageList(text) {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const marked = (mark) => lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(1).trim());
  const names = lines.filter((line) => line !== '' && !/^[-+]/.test(line));
  return { names, apart: marked('+'), excluded: new Set(marked('-')) };
}

/** Folders of the packages that the names are in, `recursive` for all below. */
export function foldersOf(names) {
  const folders = new Map(names.map((name) => [folderOf(name), name.endsWith('.*')]));
  return [...folders].map(([folder, recursive]) => ({ folder, recursive }));
}

/** The names with those that `.*` stands for. `messages`: the full names of all. */
export function expand(names, messages) {
  const expanded = names.flatMap((name) =>
    name.endsWith('.*') ? messages.filter((message) => message.startsWith(name.slice(0, -1))) : [name],
  );
  return [...new Set(expanded)];
}

/** Envoy's files lie in folders that are named as their packages. */
function folderOf(name) {
  return name.split('.').slice(0, -1).join('/');
}
