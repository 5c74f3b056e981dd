/** Logs findings about connected clients when they appear and when they are resolved, once for each node.id. */
import type { Logger } from 'pino';
import type { NodeFinding, ProxyFindings } from '../control-plane/api/api.js';

/** Takes the current findings about all clients. */
export type ProxyLog = (proxies: readonly ProxyFindings[]) => void;

/** The maximum number of node.ids in a line, if many have the same finding. */
const MOST_NAMED = 20;

export function createProxyLog(logger: Logger): ProxyLog {
  let known: ReadonlyMap<string, Told> = new Map();
  return (proxies) => {
    const now = new Map(
      proxies.flatMap(({ id, findings }) => findings.map((finding) => [keyOf(id, finding), { id, finding }] as const)),
    );
    logNew(
      logger,
      [...now].flatMap(([key, told]) => (known.has(key) ? [] : [told])),
    );
    const connected = new Set(proxies.map(({ id }) => id));
    for (const [key, { id, finding }] of known) {
      // The findings about a client that has disconnected are not resolved.
      if (!now.has(key) && connected.has(id))
        logger.info({ node: id, code: finding.code }, `resolved: ${finding.message}`);
    }
    known = now;
  };
}

interface Told {
  readonly id: string;
  readonly finding: NodeFinding;
}

/** The addresses of clients with the same id change whenever one connects or disconnects, so they are ignored. */
function keyOf(id: string, { code, message }: NodeFinding): string {
  return JSON.stringify([id, code, code === 'DuplicateNodeId' ? '' : message]);
}

function logNew(logger: Logger, told: readonly Told[]): void {
  const counts = new Map<string, number>();
  for (const { id, finding } of told) {
    const { code, message } = finding;
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    if (count <= MOST_NAMED) logger.warn({ node: id, code }, message);
  }
  for (const [code, count] of counts) {
    if (count > MOST_NAMED)
      logger.warn(
        { code, count: count - MOST_NAMED },
        `${String(count - MOST_NAMED)} more proxies have the finding ${code}: lifeboat proxies lists them.`,
      );
  }
}
