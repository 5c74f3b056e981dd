/**
 * The events of streams: for metrics, logs and statuses. Handlers are called synchronously; an
 * error of one goes to the server's logger and changes nothing.
 */
import type { OversizedResponse } from './oversized-responses.js';
import type { RefusedResource } from './nack-isolation.js';
import type { ClientStatus } from '../subscriptions/status.js';
import type { LimitName } from '../transport/limit-name.js';
import type { XdsNode } from '../wire/xds-node.js';

/** Who an event is about. */
export interface XdsClient {
  /** Unique per stream while the process lives. */
  readonly id: number;
  readonly node: XdsNode;
  /** Address of the client. */
  readonly peer: string;
  /** What the server knows of the stream now; not cheap. */
  status(): ClientStatus;
}

/** Handlers, all of them optional. */
export interface XdsEvents {
  /** The stream's first request arrived: its node is known. Once per stream. */
  readonly connected?: (client: XdsClient) => void;
  /** The stream has ended, whoever ended it. Once for each `connected`; `status()` still says how it stood. */
  readonly disconnected?: (client: XdsClient) => void;
  /** What the client subscribes to of this type changed; `status()` says what it is now. */
  readonly subscribed?: (client: XdsClient, typeUrl: string) => void;
  /** A response was handed to the connection. */
  readonly sent?: (client: XdsClient, typeUrl: string, response: SentResponse) => void;
  /**
   * A response of more than 4 MiB is sent, which gRPC clients refuse unless they are told to accept it (Envoy accepts it). Once per version of
   * a resource that is too large by itself, and otherwise of the response.
   */
  readonly oversized?: (response: OversizedResponse) => void;
  /** The client accepted the response in flight. `seconds`: since it was sent. */
  readonly acked?: (client: XdsClient, typeUrl: string, version: string, seconds: number) => void;
  /**
   * The client refused the response in flight. `message`: its own words, of any length and content. `names`: the resources
   * and removals in that response.
   */
  readonly nacked?: (
    client: XdsClient,
    typeUrl: string,
    version: string,
    message: string,
    names: readonly string[],
  ) => void;
  /** A client refused a resource for what it is, and not for its own host. It is withheld from others unless that is switched off. */
  readonly refused?: (resource: RefusedResource) => void;
  /** What was refused is not the newest version any more, or nobody is subscribed to it. */
  readonly released?: (resource: RefusedResource) => void;
  /** A call was turned away or ended by the server; `code` is a gRPC status, and `limit` the limit that was reached, if it was one. */
  readonly rejected?: (peer: string, code: number, message: string, limit?: LimitName) => void;
}

/** A response that was sent. */
export interface SentResponse {
  /** Of the state that the client has then: equal wherever the same is seen. */
  readonly version: string;
  /** How many resources it holds. */
  readonly resources: number;
  /** How many names it reports as removed. */
  readonly removed: number;
  /** Its size, without the nonce and the frame of gRPC. */
  readonly bytes: number;
}

/** The same events, where an error of a handler goes to `report` and no further. */
export function guardEvents(events: XdsEvents, report: (error: unknown) => void): XdsEvents {
  const guard = <Args extends readonly unknown[]>(handler: (...args: Args) => void) => {
    return (...args: Args): void => {
      try {
        handler(...args);
      } catch (error) {
        report(error);
      }
    };
  };
  return {
    connected: guard((client: XdsClient) => events.connected?.(client)),
    disconnected: guard((client: XdsClient) => events.disconnected?.(client)),
    subscribed: guard((client: XdsClient, typeUrl: string) => events.subscribed?.(client, typeUrl)),
    sent: guard((client: XdsClient, typeUrl: string, response: SentResponse) =>
      events.sent?.(client, typeUrl, response),
    ),
    oversized: guard((response: OversizedResponse) => events.oversized?.(response)),
    acked: guard((client: XdsClient, typeUrl: string, version: string, seconds: number) =>
      events.acked?.(client, typeUrl, version, seconds),
    ),
    nacked: guard((client: XdsClient, typeUrl: string, version: string, message: string, names: readonly string[]) =>
      events.nacked?.(client, typeUrl, version, message, names),
    ),
    refused: guard((resource: RefusedResource) => events.refused?.(resource)),
    released: guard((resource: RefusedResource) => events.released?.(resource)),
    rejected: guard((peer: string, code: number, message: string, limit?: LimitName) =>
      events.rejected?.(peer, code, message, limit),
    ),
  };
}
