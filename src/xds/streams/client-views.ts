/** What one client sees: a view of each type, and which of them are shown together. Asks the provider once for each. */
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, USERS_OF_CLUSTERS } from '../protocol/type-urls.js';

/** Types that refer to one another: what is shown of them is closed under references. */
const TOGETHER: readonly string[] = [CLUSTER, CLUSTER_LOAD_ASSIGNMENT, ...USERS_OF_CLUSTERS];

export class ClientViews {
  readonly #ask: (typeUrl: string) => string;
  readonly #aggregated: boolean;
  readonly #views = new Map<string, string>();
  #together: string | undefined;

  /** `aggregated`: one stream carries all types. On the separate services each type stands for itself. */
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

  /** The same for clients to which the same is shown of this type and of those that it is shown with. */
  keyOf(typeUrl: string): string {
    if (!this.#aggregated || !TOGETHER.includes(typeUrl)) return JSON.stringify([typeUrl, this.viewOf(typeUrl)]);
    this.#together ??= JSON.stringify(TOGETHER.map((each) => this.viewOf(each)));
    return this.#together;
  }
}
