/** The list of Envoy messages: one full name per line, `#` begins a comment, `-` before a name leaves it out. */
export function readMessageList(text) {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const names = lines.filter((line) => line !== '' && !line.startsWith('-'));
  const excluded = lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1).trim());
  return { names, excluded: new Set(excluded) };
}
