/**
 * What one file holds, given what it held before: documents whose text is the same are not parsed again, and what a mistake has
 * hidden keeps its last content. Knows nothing of other files.
 */
import { resourceKey } from '../api/resource.js';
import { type DocumentContent, type FoundResource, type ReadOptions, readDocument } from './yaml/document.js';
import type { FileFinding, Problem } from './yaml/finding.js';
import type { FileText } from './files/read.js';
import { sliceJson } from './yaml/slice-json.js';
import { sliceList } from './yaml/slice-list.js';
import { type Slice, sliceDocuments } from './yaml/slice.js';

/** A resource with the text it stands in. */
export interface PlacedResource {
  readonly resource: FoundResource;
  readonly slice: Slice;
}

interface PlacedDocument {
  readonly slice: Slice;
  readonly content: DocumentContent;
}

export interface FileContent {
  /** The text that was read last, also where it could not be used. */
  readonly text?: string;
  readonly documents: readonly PlacedDocument[];
  /** In their order in the file. */
  readonly resources: readonly PlacedResource[];
  /** Resources that were here, are hidden by a mistake, and keep their last content. */
  readonly kept: readonly PlacedResource[];
  readonly findings: readonly FileFinding[];
  /** Whether the file is there and holds nothing, so that it says nothing about what became of its resources. */
  readonly empty?: true;
  /** Whether a mistake may hide resources of the file. */
  readonly broken?: true;
}

export const NO_CONTENT: FileContent = { documents: [], resources: [], kept: [], findings: [] };

/** What a file holds now, in steps of a document each. The same object as before if it holds the same. */
export function* nextContent(
  file: string,
  before: FileContent,
  read: FileText,
  options: ReadOptions = {},
): Generator<void, FileContent> {
  if ('problem' in read) return keepAll(file, before, read.problem);
  if (read.text === before.text) return before;
  const documents = yield* readDocuments(read.text, before.documents, options);
  if (documents.every(({ content }) => content.empty)) return { ...NO_CONTENT, text: read.text, empty: true };
  const template = findTemplate(documents);
  if (template !== undefined) return { ...keepAll(file, before, template), text: read.text };
  const resources = documents.flatMap(({ slice, content }) =>
    content.resources.map((resource) => ({ resource, slice })),
  );
  const broken = documents.find(({ content }) => content.broken);
  const kept = broken === undefined ? [] : missing(before, resources);
  const findings = [
    ...documents.flatMap(({ slice, content }) => content.problems.map((problem) => inFile(file, slice, problem))),
    ...kept.map((placed) => keptFinding(file, broken, placed)),
  ];
  return { text: read.text, documents, resources, kept, findings, ...(broken && { broken: true }) };
}

function* readDocuments(
  text: string,
  before: readonly PlacedDocument[],
  options: ReadOptions,
): Generator<void, readonly PlacedDocument[]> {
  const known = new Map(before.map(({ slice, content }) => [contentKey(slice), content]));
  const documents: PlacedDocument[] = [];
  for (const slice of sliceDocuments(text).flatMap(sliceJson).flatMap(sliceList)) {
    documents.push({ slice, content: known.get(contentKey(slice)) ?? readDocument(slice, options) });
    yield;
  }
  return documents;
}

function contentKey({ text, item }: Slice): string {
  return item ? `item ${text}` : text;
}

/** In a template that YAML cannot read, what can be read may stand under a condition, so that nothing of the file counts. */
function findTemplate(documents: readonly PlacedDocument[]): Problem | undefined {
  for (const { slice, content } of documents) {
    const problem = content.problems.find(({ code, ref }) => code === 'TemplateNotRendered' && ref === undefined);
    if (problem !== undefined) return { ...problem, line: slice.line + problem.line - 1 };
  }
  return undefined;
}

/** A file that cannot be read says nothing about what became of its resources. */
function keepAll(file: string, before: FileContent, problem: Problem): FileContent {
  const kept = [...before.resources, ...before.kept];
  const plural = kept.length === 1 ? '1 resource' : `${kept.length} resources`;
  const finding: FileFinding =
    kept.length === 0
      ? { file, ...problem }
      : {
          file,
          ...problem,
          severity: 'warning',
          message: `${problem.message} Its last content, ${plural}, stays in force.`,
        };
  return { documents: [], resources: [], kept, findings: [finding], broken: true };
}

function missing(before: FileContent, resources: readonly PlacedResource[]): readonly PlacedResource[] {
  const found = new Set(resources.map(({ resource }) => resourceKey(resource.ref)));
  return [...before.resources, ...before.kept].filter(({ resource }) => !found.has(resourceKey(resource.ref)));
}

function keptFinding(file: string, broken: PlacedDocument | undefined, { resource }: PlacedResource): FileFinding {
  const [line, problem] = [broken?.slice.line ?? 1, broken?.content.problems[0]];
  const { kind, namespace, name } = resource.ref;
  const message = `${kind} ${namespace}/${name} cannot be read from this file any more; its last content stays in force.`;
  const at: Problem = {
    line: problem?.line ?? 1,
    column: problem?.column ?? 1,
    severity: 'warning',
    code: 'LastGoodKept',
    message,
  };
  return inFile(file, { line, text: '' }, { ...at, ref: resource.ref });
}

function inFile(file: string, slice: Slice, problem: Problem): FileFinding {
  return { ...problem, file, line: slice.line + problem.line - 1 };
}
