/** Recognizes templates that were not rendered, such as those of Helm, Go and Jinja. It must not know kinds of resources. */
import type { FieldPath } from '../../api/resource.js';

/** `{{ … }}` of Helm, Go and Jinja, `{% … %}` of Jinja, `<% … %>` of ERB and EJS. */
const ACTION = /\{\{.*?\}\}|\{%.*?%\}|<%.*?%>/u;
const LONGEST_QUOTE = 60;

/** The first template action in a text and its offset. Comments are ignored. */
export function findAction(text: string): { readonly offset: number; readonly action: string } | undefined {
  if (!ACTION.test(text)) return undefined;
  let offset = 0;
  for (const line of text.split('\n')) {
    const match = line.trimStart().startsWith('#') ? null : ACTION.exec(line);
    if (match !== null) return { offset: offset + match.index, action: match[0] };
    offset += line.length + 1;
  }
  return undefined;
}

/**
 * The first field of a resource that contains a template action. Annotations are ignored, because they may contain templates of
 * other tools. For `core` kinds only the metadata counts: the arguments of a Pod may be templates.
 */
export function findTemplatedField(
  document: object,
  core: boolean,
): { readonly path: FieldPath; readonly action: string } | undefined {
  const { metadata, status: _status, ...rest } = document as Readonly<Record<string, unknown>>;
  const { annotations: _annotations, ...identity } = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  return findIn(core ? { metadata: identity } : { metadata: identity, ...rest }, []);
}

/** The message about a template. */
export function unrendered(action: string): string {
  const shown = action.length > LONGEST_QUOTE ? `${action.slice(0, LONGEST_QUOTE)}…` : action;
  return `This is a template that was not rendered: it has ${shown}. Render it, for example with "helm template", and use the result.`;
}

function findIn(value: unknown, path: FieldPath): { readonly path: FieldPath; readonly action: string } | undefined {
  if (typeof value === 'string') {
    const match = ACTION.exec(value);
    return match === null ? undefined : { path, action: match[0] };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, entry] of Object.entries(value)) {
    const found = findIn(entry, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
