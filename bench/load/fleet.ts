/**
 * All simulated Envoys, and which resources each has received: the watch of all of them. A phase of the measurement sets `onResource` to
 * receive every resource.
 */
import { REGIONS, type TypeName } from '../world/names.js';
import { until } from './clock.js';
import { Envoy, type EnvoyContext, type Subscription, type Watch } from './envoy.js';
import { createRequests } from './requests.js';
import { Skimmer } from './skim.js';

export interface FleetOptions extends Subscription {
  readonly ports: readonly number[];
  readonly clients: number;
  /** The number of localities of the Envoys. */
  readonly localities: number;
  /** Limit of Envoys that are connecting at the same time. */
  readonly ramp: number;
}

export interface Traffic {
  /** Bytes on the wire. */
  readonly wire: number;
  /** Bytes of messages. */
  readonly payload: number;
  readonly responses: number;
  readonly resources: number;
}

const ADS = '/envoy.service.discovery.v3.AggregatedDiscoveryService';

export class Fleet implements Watch {
  readonly #options: FleetOptions;
  readonly #envoys: Envoy[] = [];
  /** By Envoy and service: 0 for nothing, otherwise 1 or the last mark. */
  readonly #endpoints: Int32Array;
  readonly #held: Int32Array;
  readonly #others: Uint8Array;
  #complete = 0;
  #opened = 0;
  #failed = 0;
  #reason = '';
  #payload = 0;
  #responses = 0;
  #resources = 0;
  /** Receives each resource after the cold start. */
  onResource: ((envoy: number, found: Skimmer) => void) | undefined;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#endpoints = new Int32Array(options.clients * options.services);
    this.#held = new Int32Array(options.clients);
    this.#others = new Uint8Array(options.clients);
  }

  /** The number of Envoys with all subscribed resources. */
  get complete(): number {
    return this.#complete;
  }

  /** The reason of the first call that ended. Empty if none ended. */
  get failure(): string {
    return this.#failed === 0
      ? ''
      : `${this.#failed} of ${this.#options.clients} calls ended, the first because ${this.#reason}`;
  }

  get traffic(): Traffic {
    const wire = this.#envoys.reduce((sum, { bytesIn }) => sum + bytesIn, 0);
    return { wire, payload: this.#payload, responses: this.#responses, resources: this.#resources };
  }

  /** Opens all calls. Returns false on timeout. */
  async open(limitMs: number): Promise<boolean> {
    const { clients, ramp } = this.#options;
    const context = this.#context();
    while (this.#envoys.length < clients) {
      for (let more = Math.min(ramp - this.#connecting(), clients - this.#envoys.length); more > 0; more -= 1)
        this.#add(context);
      if (!(await until(() => this.#connecting() < ramp || this.#failed > 0, limitMs)) || this.#failed > 0)
        return false;
    }
    return until(() => this.#connecting() === 0, limitMs);
  }

  close(): void {
    for (const envoy of this.#envoys) envoy.close();
  }

  /** The last mark of a service's endpoints that an Envoy received. */
  mark(envoy: number, service: number): number {
    return this.#endpoints[envoy * this.#options.services + service] ?? 0;
  }

  setMark(envoy: number, service: number, mark: number): void {
    this.#endpoints[envoy * this.#options.services + service] = mark;
  }

  opened(): void {
    this.#opened += 1;
  }

  closed(_envoy: number, reason: string): void {
    this.#failed += 1;
    this.#reason ||= reason;
  }

  resource(envoy: number, found: Skimmer): void {
    this.#resources += 1;
    if (this.onResource !== undefined) this.onResource(envoy, found);
    else if (found.type === 'endpoints') this.#hold(envoy, found.service);
    else if (found.type !== 'cluster') this.#holdOther(envoy, found.type);
  }

  response(_envoy: number, _type: TypeName, bytes: number): void {
    this.#payload += bytes;
    this.#responses += 1;
  }

  #hold(envoy: number, service: number): void {
    if (service < 0 || service >= this.#options.services || this.mark(envoy, service) !== 0) return;
    this.setMark(envoy, service, 1);
    this.#held[envoy] = (this.#held[envoy] ?? 0) + 1;
    this.#count(envoy);
  }

  #holdOther(envoy: number, type: TypeName | undefined): void {
    const bit = type === 'listener' ? 1 : 2;
    const before = this.#others[envoy] ?? 0;
    this.#others[envoy] = before | bit;
    if (before !== (before | bit)) this.#count(envoy);
  }

  #count(envoy: number): void {
    const { services, everything } = this.#options;
    if (this.#held[envoy] === services && this.#others[envoy] === (everything ? 3 : 0)) this.#complete += 1;
  }

  #connecting(): number {
    return this.#envoys.length - this.#opened;
  }

  #add(context: EnvoyContext): void {
    const { localities, ports } = this.#options;
    const number = this.#envoys.length;
    const port = ports[number % ports.length] ?? 0;
    const region = number % Math.min(localities, REGIONS);
    this.#envoys.push(new Envoy(number, { id: `envoy-${number}`, region, port }, context));
  }

  #context(): EnvoyContext {
    const { mode, services } = this.#options;
    const path = `${ADS}/${mode === 'sotw' ? 'Stream' : 'Delta'}AggregatedResources`;
    const requests = createRequests(mode, services);
    return { path, subscription: this.#options, requests, skimmer: new Skimmer(mode), watch: this };
  }
}
