/** What a client answers to responses: ACKs and NACKs. */
import type { Subscription } from '../subscriptions/subscription.js';
import { chunkNames } from '../batches/batch.js';
import { type InFlight, chunkInFlight, updatesIn } from '../batches/in-flight.js';
import type { Principal } from '../identities/principal.js';
import { CLUSTER } from '../protocol/type-urls.js';
import type { ErrorDetail } from '../wire/request.js';
import type { Dependencies } from './dependencies.js';
import type { XdsClient } from './events.js';
import { mentionedNames } from './nack-attribution.js';
import type { RejectingClient } from './nack-isolation.js';
import type { Outbox } from './outbox.js';
import type { StreamHost } from './stream-host.js';

interface AnsweringClient {
  readonly identity: string;
  readonly principal: Principal | undefined;
}

/** Applies the answers on one stream to its subscriptions, and tells the host. */
export class Answers<Stream extends XdsClient & AnsweringClient> {
  readonly #stream: Stream;
  readonly #host: StreamHost<Stream>;
  readonly #outbox: Outbox;
  readonly #dependencies: Dependencies;

  constructor(stream: Stream, host: StreamHost<Stream>, outbox: Outbox, dependencies: Dependencies) {
    this.#stream = stream;
    this.#host = host;
    this.#outbox = outbox;
    this.#dependencies = dependencies;
  }

  /** An ACK or NACK, if the nonce is that of the response in flight. Other requests only change the subscription. */
  apply(subscription: Subscription, nonce: string, error: ErrorDetail | undefined): void {
    const { inFlight } = subscription;
    if (nonce !== '' && subscription.exchange.renewing === nonce) {
      this.#answerRenewal(subscription, error);
      return;
    }
    if (inFlight?.nonce !== nonce) return;
    if (error === undefined) this.#accepted(subscription, inFlight);
    else this.#rejected(subscription, inFlight, error.message);
  }

  #accepted(subscription: Subscription, inFlight: InFlight): void {
    const { typeUrl } = subscription;
    subscription.accepted(inFlight);
    const chunk = chunkInFlight(inFlight);
    if (chunk !== undefined) this.#host.isolation.accepted(chunk);
    this.#outbox.accepted(subscription, inFlight);
    this.#host.acked(this.#stream, typeUrl, inFlight.batch.version, this.#host.now() - inFlight.sentAt);
  }

  #rejected(subscription: Subscription, inFlight: InFlight, message: string): void {
    const { typeUrl } = subscription;
    const { version } = inFlight.batch;
    const chunk = chunkInFlight(inFlight);
    const names = chunkNames(chunk);
    const nack = { version, message, names, at: Date.now() };
    const mentioned = mentionedNames(message, updatesIn(inFlight).keys());
    const named = mentioned.size > 0 ? mentioned : mentionedNames(message, names);
    const meant = subscription.rejected(inFlight, { nack, named });
    if (typeUrl === CLUSTER) this.#dependencies.stopWarming();
    this.#host.isolation.reject(this.#rejecter(subscription), meant, nack, chunk);
    this.#host.nacked(this.#stream, typeUrl, version, message, names);
  }

  #rejecter({ collection }: Subscription): RejectingClient {
    const { identity, node, principal } = this.#stream;
    const authenticated = principal !== undefined;
    return { identity, authenticated, stream: this.#stream, nodeId: node.id, view: collection.view };
  }

  /** The answer to a renewal changes no state. A NACK of it is reported as an event. */
  #answerRenewal(subscription: Subscription, error: ErrorDetail | undefined): void {
    subscription.exchange.renewalOver();
    if (error === undefined) return;
    this.#host.nacked(this.#stream, subscription.typeUrl, subscription.exchange.ackedVersion ?? '', error.message, []);
  }
}
