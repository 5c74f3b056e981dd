/**
 * The content of one file, computed from its text and its previous content. Unchanged documents are not parsed again, and
 * resources that an error hides keep their last content. It must not know other files.
 */
import { exactList } from '../../api/exact-list.js';
import { resourceKey } from '../../api/resource.js';
import { type DocumentContent, type FoundResource, type ReadOptions, readDocument } from '../documents/document.js';
import type { FileFinding, TextFinding } from '../yaml/finding.js';
import type { FileText } from '../files/read.js';
import { splitJsonDocuments } from '../documents/json-documents.js';
import { splitListItems } from '../documents/list-items.js';
import { DEFAULT_READ_LIMITS, MAX_FILE_FINDINGS } from '../yaml/limits.js';
import { type DocumentText, splitDocuments } from '../documents/document-texts.js';

/** A resource with the text of its document. */
export interface PlacedResource {
  readonly resource: FoundResource;
  readonly documentText: DocumentText;
}

interface PlacedDocument {
  readonly documentText: DocumentText;
  readonly content: DocumentContent;
}

export interface FileContent {
  /** The text that was read last, even if it could not be used. */
  readonly text?: string;
  readonly documents: readonly PlacedDocument[];
  /** In the order of the file. */
  readonly resources: readonly PlacedResource[];
  /** Resources that the file contained before an error hid them; they keep their last content. */
  readonly kept: readonly PlacedResource[];
  readonly findings: readonly FileFinding[];
  /** Whether the file exists but has no resources, which does not mean that they were deleted. */
  readonly empty?: true;
  /** Whether an error may hide resources of the file. */
  readonly broken?: true;
}

export const NO_CONTENT: FileContent = { documents: [], resources: [], kept: [], findings: [] };

/** Computes the content of a file, one document per step. Returns `before` if the text is the same. */
export function* nextContent(
  file: string,
  before: FileContent,
  read: FileText,
  options: ReadOptions = {},
): Generator<void, FileContent> {
  if ('finding' in read) return keepAll(file, before, read.finding);
  if (read.text === before.text) return before;
  const split = yield* readDocuments(read.text, before.documents, options);
  if ('finding' in split) return { ...keepAll(file, before, split.finding), text: read.text };
  const { documents } = split;
  if (documents.every(({ content }) => content.empty)) return { ...NO_CONTENT, text: read.text, empty: true };
  const template = findTemplate(documents);
  if (template !== undefined) return { ...keepAll(file, before, template), text: read.text };
  const resources = resourcesIn(documents);
  const broken = documents.find(({ content }) => content.broken);
  const kept = exactList(broken === undefined ? [] : missing(before, resources));
  const found = documents.flatMap(({ documentText, content }) =>
    content.findings.map((finding) => inFile(file, documentText, finding)),
  );
  const findings = exactList([...firstOf(found), ...firstOf(kept.map((placed) => keptFinding(file, broken, placed)))]);
  return { text: read.text, documents, resources, kept, findings, ...(broken && { broken: true }) };
}

/** The documents of a text; or a finding, if there are too many. Then none is parsed. */
function* readDocuments(
  text: string,
  before: readonly PlacedDocument[],
  options: ReadOptions,
): Generator<void, { readonly documents: readonly PlacedDocument[] } | { readonly finding: TextFinding }> {
  const limit = (options.limits ?? DEFAULT_READ_LIMITS).documents;
  const texts: DocumentText[] = [];
  for (const whole of jsonOrYamlDocuments(text)) {
    for (const documentText of yield* splitListItems(whole, limit - texts.length)) texts.push(documentText);
    const next = texts[limit];
    if (next !== undefined) return { finding: tooManyDocuments(next, limit) };
    yield;
  }
  const known = new Map(before.map(({ documentText, content }) => [contentKey(documentText), content]));
  const documents: PlacedDocument[] = [];
  for (const documentText of texts) {
    const content = known.get(contentKey(documentText)) ?? (yield* readDocument(documentText, options));
    documents.push({ documentText, content });
    yield;
  }
  return { documents: exactList(documents) };
}

function* jsonOrYamlDocuments(text: string): Generator<DocumentText> {
  for (const document of splitDocuments(text)) yield* splitJsonDocuments(document);
}

function tooManyDocuments({ line }: DocumentText, limit: number): TextFinding {
  const message = `The file has more than ${limit} documents; the next one begins here. Split it, or set --max-documents.`;
  return { line, column: 1, severity: 'error', code: 'TooManyDocuments', message };
}

/** The content of a file as it was stored. Documents that cannot be read are left out. */
export function* restoredContent(stored: readonly DocumentText[], options: ReadOptions): Generator<void, FileContent> {
  const documents: PlacedDocument[] = [];
  for (const documentText of stored) {
    const content = yield* readDocument(documentText, options);
    if (!content.broken) documents.push({ documentText, content });
    yield;
  }
  return { ...NO_CONTENT, documents, resources: resourcesIn(documents) };
}

function resourcesIn(documents: readonly PlacedDocument[]): readonly PlacedResource[] {
  return exactList(
    documents.flatMap(({ documentText, content }) => content.resources.map((resource) => ({ resource, documentText }))),
  );
}

function contentKey({ text, item }: DocumentText): string {
  return item ? `item ${text}` : text;
}

/** In a template that is not valid YAML, the valid parts may depend on a condition, so the whole file is ignored. */
function findTemplate(documents: readonly PlacedDocument[]): TextFinding | undefined {
  for (const { documentText, content } of documents) {
    const finding = content.findings.find(({ code, ref }) => code === 'TemplateNotRendered' && ref === undefined);
    if (finding !== undefined) return { ...finding, line: documentText.line + finding.line - 1 };
  }
  return undefined;
}

/** A file that cannot be read does not mean that its resources were deleted. */
function keepAll(file: string, before: FileContent, cause: TextFinding): FileContent {
  const kept = [...before.resources, ...before.kept];
  const plural = kept.length === 1 ? '1 resource' : `${kept.length} resources`;
  const finding: FileFinding =
    kept.length === 0
      ? { file, ...cause }
      : {
          file,
          ...cause,
          severity: 'warning',
          message: `${cause.message} Its last content, ${plural}, stays in force.`,
        };
  return { documents: [], resources: [], kept, findings: [finding], broken: true };
}

function missing(before: FileContent, resources: readonly PlacedResource[]): readonly PlacedResource[] {
  const found = new Set(resources.map(({ resource }) => resourceKey(resource.ref)));
  return [...before.resources, ...before.kept].filter(({ resource }) => !found.has(resourceKey(resource.ref)));
}

function keptFinding(file: string, broken: PlacedDocument | undefined, { resource }: PlacedResource): FileFinding {
  const [line, cause] = [broken?.documentText.line ?? 1, broken?.content.findings[0]];
  const { kind, namespace, name } = resource.ref;
  const message = `${kind} ${namespace}/${name} cannot be read from this file any more. Its last content stays in force.`;
  const at: TextFinding = {
    line: cause?.line ?? 1,
    column: cause?.column ?? 1,
    severity: 'warning',
    code: 'LastGoodKept',
    message,
  };
  return inFile(file, { line, text: '' }, { ...at, ref: resource.ref });
}

/** The first findings, and how many more there are. Errors come first, so that a warning never hides one. */
function firstOf(findings: readonly FileFinding[]): readonly FileFinding[] {
  if (findings.length <= MAX_FILE_FINDINGS) return findings;
  const severe = findings.toSorted((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  const [shown, [next, ...rest]] = [severe.slice(0, MAX_FILE_FINDINGS), severe.slice(MAX_FILE_FINDINGS)];
  if (next === undefined) return shown;
  const { file, line, column, severity } = next;
  const message = `The file has ${rest.length + 1} more findings like the first ${MAX_FILE_FINDINGS}. Correct those first.`;
  return [...shown, { file, line, column, severity, code: 'MoreFindings', message }];
}

function inFile(file: string, documentText: DocumentText, finding: TextFinding): FileFinding {
  return { ...finding, file, line: documentText.line + finding.line - 1 };
}
