/** Formats findings as lines: `FILE:LINE:COLUMN severity code kind/namespace/name message`. */
import type { Finding, NodeFinding } from '../../control-plane/api/api.js';
import { oneLine } from './output.js';
import { type Colors, colorsFor, type OutputStream, type Terminal, write } from './terminal.js';

/** Writes one line per finding, in color on a terminal. */
export async function writeFindings(
  findings: readonly Finding[],
  stream: OutputStream,
  env: Terminal['env'],
): Promise<void> {
  const colors = colorsFor(stream, env);
  await write(stream, findings.map((finding) => `${formatFinding(finding, colors)}\n`).join(''));
}

/** Writes the findings about a node to stderr, one line each. */
export async function writeNodeFindings(findings: readonly NodeFinding[], { stderr, env }: Terminal): Promise<void> {
  const colors = colorsFor(stderr, env);
  const lines = findings.map(
    ({ severity, code, message }) => `${colors.yellow(`${severity}:`)} ${code} ${oneLine(message)}\n`,
  );
  if (lines.length > 0) await write(stderr, lines.join(''));
}

/** `failover.yaml:12:3`. */
export function formatPosition({ file, line, column }: Finding): string {
  return `${file}:${line}:${column}`;
}

/** `FailoverService/bookinfo/reviews`, without spaces; `-` for findings about a file. */
export function formatRef({ kind, namespace, name }: Finding): string {
  return kind === '' && name === '' ? '-' : `${kind}/${namespace}/${name}`.replace(/\s/g, '%20');
}

function formatFinding(finding: Finding, colors: Colors): string {
  const { severity, code, message } = finding;
  const paint = severity === 'error' ? colors.red : colors.yellow;
  const [position, ref, text] = [formatPosition(finding), formatRef(finding), message].map(oneLine);
  return `${colors.bold(position)} ${paint(severity)} ${code} ${ref} ${text}`;
}
