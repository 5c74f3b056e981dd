/**
 * Injects the sidecar into the text of a file. Everything else stays byte for byte: other documents, comments, order, anchors and style. A pure
 * function of the text.
 */
import { explainSyntax } from '../../source/documents/explain-syntax.js';
import { type DocumentText, splitDocuments } from '../../source/documents/document-texts.js';
import type { SyntaxLimits } from '../../source/yaml/limits.js';
import { type ParsedText, parseText } from '../../source/yaml/parse.js';
import { NO_POOL } from '../../source/yaml/value-pool.js';
import { type Mapping, isDataMapping } from '../edits/data.js';
import { editDocument } from '../edits/edit-document.js';
import { type AppPort, appPorts } from './app-ports.js';
import { INJECT_ANNOTATION, type InjectOptions } from './options.js';
import { injectedPod, podLabels } from './pod.js';
import { type Workload, valueAt, withValueAt, workloadsIn } from './workloads.js';

export interface InjectFinding {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  /** `Deployment/shop/web`; `-` for a finding about the file. */
  readonly ref: string;
  readonly message: string;
}

/** A workload that has the sidecar, for whoever knows which ports its Envoy will listen on. */
export interface InjectedWorkload extends Pick<InjectFinding, 'ref'> {
  readonly namespace: string;
  /** Labels of the Pod. */
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly (AppPort & Pick<InjectFinding, 'line' | 'column'>)[];
}

export interface InjectedText {
  /** Not to be used if there is an error. */
  readonly text: string;
  readonly findings: readonly InjectFinding[];
  readonly workloads: readonly InjectedWorkload[];
}

/** @param text YAML with any number of documents, or JSON. */
export function injectText(text: string, options: InjectOptions, limits: SyntaxLimits): InjectedText {
  const [texts, findings, workloads]: [string[], InjectFinding[], InjectedWorkload[]] = [[], [], []];
  let offset = 0;
  for (const document of splitDocuments(text)) {
    const start = text.indexOf(document.text, offset);
    const injected = injectDocument(document, options, limits);
    texts.push(text.slice(offset, start), injected.text);
    findings.push(...injected.findings);
    workloads.push(...injected.workloads);
    offset = start + document.text.length;
  }
  return { text: texts.join('') + text.slice(offset), findings, workloads };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

function injectDocument({ line, text }: DocumentText, options: InjectOptions, limits: SyntaxLimits): InjectedText {
  const inFile = (place: Place): Place => ({ line: place.line + line - 1, column: place.column });
  const parsed = parseText(text, NO_POOL, limits);
  if (!('value' in parsed)) {
    const findings = explainSyntax(text, parsed.findings).map(({ message, ...place }): InjectFinding => {
      return { ...inFile(place), severity: 'error', ref: '-', message };
    });
    return { text, findings, workloads: [] };
  }
  const run: Run = { parsed, options, inFile, findings: [], workloads: [] };
  const target = workloadsIn(parsed.value).reduce(
    (value, workload) => injectWorkload(run, value, workload),
    parsed.value,
  );
  const { findings, workloads } = run;
  if (findings.some(({ severity }) => severity === 'error')) return { text, findings, workloads };
  const edited = editDocument(text, parsed.value, target);
  if (edited !== undefined) return { text: edited, findings, workloads };
  const message =
    'The sidecar cannot be added to the document as it is written, for example because its Pod is in an anchor that is used elsewhere. Write the Pod out.';
  const [first] = workloads;
  const unedited: InjectFinding = {
    ...inFile(parsed.positionOf([])),
    severity: 'error',
    ref: first?.ref ?? '-',
    message,
  };
  return { text, findings: [...findings, unedited], workloads };
}

/** The injection of one document. */
interface Run {
  readonly parsed: ParsedText;
  readonly options: InjectOptions;
  readonly inFile: (place: Place) => Place;
  readonly findings: InjectFinding[];
  readonly workloads: InjectedWorkload[];
}

/** The document's value with the sidecar in one workload. */
function injectWorkload(run: Run, value: unknown, workload: Workload): unknown {
  const { parsed, options, findings, inFile } = run;
  const { kind, namespace, name, path, podPath } = workload;
  const ref = `${kind}/${namespace}/${name}`;
  const placeOf = (at: readonly (string | number)[]): Place => inFile(parsed.positionOf([...podPath, ...at]));
  const pod = valueAt(value, podPath);
  const spec = isDataMapping(pod) ? pod['spec'] : undefined;
  if (!isDataMapping(pod) || !isDataMapping(spec)) {
    const missing = [...podPath.slice(path.length), 'spec'].join('.');
    findings.push({
      ...placeOf([]),
      severity: 'error',
      ref,
      message: `The workload has no ${missing} to add the sidecar to.`,
    });
    return value;
  }
  if (isRefused(workload, pod)) return value;
  if (isWindows(spec)) {
    const message = 'The Pod runs on Windows, where the sidecar does not run, so nothing is added.';
    findings.push({ ...placeOf(['spec', 'os']), severity: 'warning', ref, message });
    return value;
  }
  const injected = injectedPod(pod, spec, options);
  for (const { path: at, severity, message } of injected.problems)
    findings.push({ ...placeOf(at), severity, ref, message });
  const ports = appPorts(spec).map((port) => ({ ...port, ...placeOf(port.path) }));
  run.workloads.push({ ref, namespace, labels: podLabels(metadataOf(pod)), ports });
  return withValueAt(value, podPath, injected.pod);
}

function isRefused({ annotations }: Workload, pod: Mapping): boolean {
  return [annotations, metadataOf(pod)['annotations']].some(
    (map) => isDataMapping(map) && String(map[INJECT_ANNOTATION]) === 'false',
  );
}

function isWindows({ os }: Mapping): boolean {
  return isDataMapping(os) && os['name'] === 'windows';
}

function metadataOf({ metadata }: Mapping): Mapping {
  return isDataMapping(metadata) ? metadata : {};
}
