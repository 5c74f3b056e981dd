/** The view of one client for each type, and which types share an effective view. Asks the provider once for each type. */
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, USERS_OF_CLUSTERS } from '../protocol/type-urls.js';

/** Types that refer to each other. Their effective view is closed under references. */
const TOGETHER: readonly string[] = [CLUSTER, CLUSTER_LOAD_ASSIGNMENT, ...USERS_OF_CLUSTERS];

export class ClientViews {
  readonly #ask: (typeUrl: string) => string;
  readonly #aggregated: boolean;
  readonly #views = new Map<string, string>();
  #together: string | undefined;

  /** `aggregated`: one stream carries all types. With a separate stream for each type, each type has its own effective view. */
  constructor(ask: (typeUrl: string) => string, aggregated: boolean) {
    this.#ask = ask;
    this.#aggregated = aggregated;
  }

  viewOf(typeUrl: string): string {
    const known = this.#views.get(typeUrl);
    if (known !== undefined) return known;
    const view = this.#ask(typeUrl);
    this.#views.set(typeUrl, view);
    return view;
  }

  /** The same key for clients that see the same resources of this type and of the types that share its effective view. */
  keyOf(typeUrl: string): string {
    if (!this.#aggregated || !TOGETHER.includes(typeUrl)) return JSON.stringify([typeUrl, this.viewOf(typeUrl)]);
    this.#together ??= JSON.stringify(TOGETHER.map((each) => this.viewOf(each)));
    return this.#together;
  }
}
