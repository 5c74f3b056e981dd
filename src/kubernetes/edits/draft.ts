/** A text with changes to it that do not overlap, and the style in which new text is written. It must not know YAML's nodes. */
import { stringify } from 'yaml';

interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export class Draft {
  readonly text: string;
  /** The end of lines in the text. */
  readonly eol: string;
  readonly #changes: Change[] = [];
  readonly #indentsLists: boolean;
  readonly #jsonIndent: string;

  /** @param indentsLists whether `-` is right of the key of its list, not below it. */
  constructor(text: string, indentsLists: boolean) {
    this.text = text;
    this.eol = text.includes('\r\n') ? '\r\n' : '\n';
    this.#indentsLists = indentsLists;
    this.#jsonIndent = /^\s*\{\r?\n([ \t]+)"/u.exec(text)?.[1] ?? '  ';
  }

  /** Replaces a range of the original text. Changes at the same place take effect in the order of the calls. */
  replace(start: number, end: number, text: string): void {
    this.#changes.push({ start, end, text });
  }

  insert(offset: number, text: string): void {
    this.replace(offset, offset, text);
  }

  /** The text with all changes. */
  result(): string {
    const inOrder = this.#changes.map((change, index) => ({ ...change, index }));
    inOrder.sort((a, b) => a.start - b.start || a.end - b.end || a.index - b.index);
    const parts: string[] = [];
    let offset = 0;
    for (const { start, end, text } of inOrder) {
      parts.push(this.text.slice(offset, start), text);
      offset = end;
    }
    return parts.join('') + this.text.slice(offset);
  }

  /** Lines in block style, each behind `indent`, without the end of the last line. */
  block(value: unknown, indent: string): string {
    const lines = stringify(value, {
      aliasDuplicateObjects: false,
      indentSeq: this.#indentsLists,
      lineWidth: 0,
      compat: 'yaml-1.1',
    }).split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines.map((line) => (line === '' ? '' : indent + line)).join(this.eol);
  }

  /** JSON in one line, or with `indent` in front of each line but the first. */
  json(value: unknown, indent?: string): string {
    const lines = JSON.stringify(value, null, indent === undefined ? 1 : this.#jsonIndent).split('\n');
    if (indent !== undefined) return lines.join(this.eol + indent);
    return lines.map((line, i) => line.trimStart() + (line.endsWith(',') && i < lines.length ? ' ' : '')).join('');
  }
}

/** The offset after the line that an offset is in. A block scalar ends with its line, so what ends there is followed by the next line. */
export function lineEnd(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const feed = text.indexOf('\n', offset);
  return feed < 0 ? text.length : feed + 1;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The spaces and tabs that a line begins with. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/u.exec(text.slice(lineStart(text, offset)))?.[0] ?? '';
}
