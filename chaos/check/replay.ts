/** What an Envoy was sent and holds by its streams, event by event. */
import type { HistoryEvent, RequestPassed, ResponsePassed, SentResource } from '../history/events.js';
import { FULL_STATE_TYPES } from './types.js';

/** The streams of one history. Apply its events in order. */
export class Replay {
  readonly #proxies = new Map<string, ProxyReplay>();
  readonly #streams = new Map<number, ProxyReplay>();

  /** The Envoy that the event is about, after the event; undefined if it is about none. */
  apply(event: HistoryEvent): ProxyReplay | undefined {
    if (event.kind === 'request' || event.kind === 'response') {
      const proxy = this.#streams.get(event.stream);
      if (event.kind === 'request') proxy?.request(event);
      else proxy?.response(event);
      return proxy;
    }
    if (event.kind !== 'stream' && event.kind !== 'proxy') return undefined;
    const proxy = this.proxy(event.proxy);
    if (event.kind === 'proxy') this.#changed(proxy, event.up);
    else {
      this.#streams.set(event.stream, proxy);
      proxy.streamOpened();
    }
    return proxy;
  }

  /** What is still on its way on the streams of an Envoy that was stopped does not arrive. */
  #changed(proxy: ProxyReplay, up: boolean): void {
    proxy.changed(up);
    if (up) return;
    for (const [stream, of] of this.#streams) if (of === proxy) this.#streams.delete(stream);
  }

  proxy(name: string): ProxyReplay {
    const known = this.#proxies.get(name) ?? new ProxyReplay(name);
    this.#proxies.set(name, known);
    return known;
  }
}

/** One Envoy. */
export class ProxyReplay {
  readonly name: string;
  /** By type and name: what it was sent last and was not taken away. */
  readonly #sent = new Map<string, Map<string, SentResource>>();
  /** The same, only what was sent on the stream that is open. */
  readonly #onStream = new Map<string, Map<string, SentResource>>();
  #up = true;

  constructor(name: string) {
    this.name = name;
  }

  get up(): boolean {
    return this.#up;
  }

  /** What it was sent last, on any of its streams. */
  sent(typeUrl: string): ReadonlyMap<string, SentResource> {
    return this.#sent.get(typeUrl) ?? new Map();
  }

  /** What it was sent on the stream that is open. */
  sentOnStream(typeUrl: string): ReadonlyMap<string, SentResource> {
    return this.#onStream.get(typeUrl) ?? new Map();
  }

  streamOpened(): void {
    this.#onStream.clear();
  }

  /** It was stopped, which loses what it held, or is ready again. */
  changed(up: boolean): void {
    this.#up = up;
    if (up) return;
    this.#sent.clear();
    this.#onStream.clear();
  }

  /** Names that the Envoy does not subscribe to any more it does not hold either. */
  request({ typeUrl, names, unsubscribe, holds }: RequestPassed): void {
    for (const name of unsubscribe) this.#remove(typeUrl, name);
    if (names.length > 0 && !FULL_STATE_TYPES.has(typeUrl)) {
      const wanted = new Set(names);
      for (const name of [...this.sent(typeUrl).keys()]) if (!wanted.has(name)) this.#remove(typeUrl, name);
    }
    // A response that was on its way when the last stream ended may not have arrived.
    if (Object.keys(holds).length > 0)
      for (const name of [...this.sent(typeUrl).keys()]) if (holds[name] === undefined) this.#remove(typeUrl, name);
  }

  response({ mode, typeUrl, resources, removed }: ResponsePassed): void {
    if (mode === 'sotw' && FULL_STATE_TYPES.has(typeUrl)) {
      const names = new Set(resources.map(({ name }) => name));
      for (const name of [...this.sent(typeUrl).keys()]) if (!names.has(name)) this.#remove(typeUrl, name);
    }
    for (const name of removed) this.#remove(typeUrl, name);
    for (const resource of resources)
      for (const all of [this.#sent, this.#onStream]) mapOf(all, typeUrl).set(resource.name, resource);
  }

  #remove(typeUrl: string, name: string): void {
    for (const all of [this.#sent, this.#onStream]) all.get(typeUrl)?.delete(name);
  }
}

function mapOf(all: Map<string, Map<string, SentResource>>, typeUrl: string): Map<string, SentResource> {
  const known = all.get(typeUrl) ?? new Map<string, SentResource>();
  all.set(typeUrl, known);
  return known;
}
