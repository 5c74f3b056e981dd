/** Rule `versions`: equal contents have equal versions, over all streams and all processes of the server, and different contents different ones. */
import type { HistoryEvent, ResponsePassed, SentResource } from '../history/events.js';
import { FULL_STATE_TYPES } from './types.js';
import type { Violation } from './violation.js';

export function checkVersions(history: readonly HistoryEvent[]): readonly Violation[] {
  const pairs = new Pairs();
  const proxies = new Map<number, string>();
  return history.flatMap((event) => {
    if (event.kind === 'stream') proxies.set(event.stream, event.proxy);
    if (event.kind !== 'response') return [];
    const proxy = proxies.get(event.stream) ?? '';
    return versionedIn(event, proxy).flatMap(({ what, version, content }) => {
      const text = pairs.add(what, version, content);
      return text === undefined ? [] : [{ rule: 'versions' as const, at: event.at, text }];
    });
  });
}

interface Versioned {
  readonly what: string;
  readonly version: string;
  readonly content: string;
}

/** Incremental: each resource. State of the world: all resources together, for types of which a response has all. */
function versionedIn({ mode, typeUrl, version, resources }: ResponsePassed, proxy: string): readonly Versioned[] {
  if (mode === 'delta')
    return resources.map((each) => ({ what: `${typeUrl} ${each.name}`, version: each.version, content: each.content }));
  if (!FULL_STATE_TYPES.has(typeUrl)) return [];
  return [{ what: `all ${typeUrl} of ${proxy}`, version, content: contentOf(resources) }];
}

function contentOf(resources: readonly SentResource[]): string {
  return resources
    .map(({ name, content }) => `${name} ${content}`)
    .sort()
    .join('\n');
}

/** Versions and contents that were seen together. */
class Pairs {
  readonly #contents = new Map<string, string>();
  readonly #versions = new Map<string, string>();

  /** A sentence if the version stands for another content, or the content has another version. */
  add(what: string, version: string, content: string): string | undefined {
    const [ofVersion, ofContent] = [`${what}\n${version}`, `${what}\n${content}`];
    const [knownContent, knownVersion] = [this.#contents.get(ofVersion), this.#versions.get(ofContent)];
    this.#contents.set(ofVersion, content);
    this.#versions.set(ofContent, version);
    if (knownContent !== undefined && knownContent !== content)
      return `${what}: another content with version ${version}`;
    if (knownVersion !== undefined && knownVersion !== version)
      return `${what}: the same content with version ${knownVersion}, then ${version}`;
    return undefined;
  }
}
