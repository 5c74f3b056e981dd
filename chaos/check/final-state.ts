/** Rules `complete` and `final-state`. */
import type { ConfigurationHeld, HistoryEvent, RunEnded } from '../history/events.js';
import type { Violation } from './violation.js';

export function checkComplete(history: readonly HistoryEvent[]): readonly Violation[] {
  const at = history.at(-1)?.at ?? 0;
  const missing = (text: string): Violation => ({ rule: 'complete', at, text });
  const end = history.find((event): event is RunEnded & HistoryEvent => event.kind === 'end');
  if (end === undefined) return [missing('the history has no end')];
  const proxies = new Set(history.flatMap((event) => (event.kind === 'proxy' ? [event.proxy] : [])));
  if (proxies.size === 0) return [missing('no Envoy took part')];
  return [...proxies].flatMap((proxy) => [
    ...(heldBy(history, proxy, 'envoy') && heldBy(history, proxy, 'fresh')
      ? []
      : [missing(`the configuration of ${proxy} was not compared`)]),
    ...((end.requests[proxy] ?? 0) > 0 ? [] : [missing(`${proxy} got no request`)]),
  ]);
}

export function checkFinalState(history: readonly HistoryEvent[]): readonly Violation[] {
  return history.flatMap((event) => {
    if (event.kind !== 'held' || event.by !== 'envoy') return [];
    const expected = heldBy(history, event.proxy, 'fresh')?.resources ?? {};
    return differences(event.resources, expected).map((text) => ({
      rule: 'final-state' as const,
      at: event.at,
      text: `${event.proxy} ${text}`,
    }));
  });
}

function heldBy(
  history: readonly HistoryEvent[],
  proxy: string,
  by: ConfigurationHeld['by'],
): ConfigurationHeld | undefined {
  return history.find(
    (event): event is ConfigurationHeld & HistoryEvent =>
      event.kind === 'held' && event.proxy === proxy && event.by === by,
  );
}

type Hashes = ConfigurationHeld['resources'];

function differences(held: Hashes, expected: Hashes): readonly string[] {
  const names = [...new Set([...Object.keys(held), ...Object.keys(expected)])].sort();
  return names.flatMap((name) => {
    if (held[name] === expected[name]) return [];
    if (expected[name] === undefined) return [`still holds ${name}`];
    return [held[name] === undefined ? `lacks ${name}` : `holds another ${name}`];
  });
}
