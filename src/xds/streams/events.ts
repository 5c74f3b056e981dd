/**
 * The events of streams, for metrics, logs and statuses. Handlers are called synchronously. An error of a handler goes to the server's
 * logger and has no other effect.
 */
import type { RejectedResource } from './nack-isolation.js';
import type { OversizedResponse } from './oversized-responses.js';
import type { ClientStatus } from '../subscriptions/status.js';
import type { LimitName } from '../transport/limit-name.js';
import type { Principal } from '../identities/principal.js';
import type { XdsNode } from '../wire/xds-node.js';

/** The client of an event. */
export interface XdsClient {
  /** Unique for each stream of the process. */
  readonly id: number;
  readonly node: XdsNode;
  /** Address of the client. */
  readonly peer: string;
  /** Who the client is, where calls are authenticated. */
  readonly principal: Principal | undefined;
  /** Whether it is a stream of the aggregated service. */
  readonly aggregated: boolean;
  /** The types that it subscribes to. */
  readonly typeUrls: Iterable<string>;
  /** The current state of the stream. Not cheap. */
  status(): ClientStatus;
}

/** Event handlers, all optional. */
export interface XdsEvents {
  /** The stream's first request arrived: its node is known. Once per stream. */
  readonly connected?: (client: XdsClient) => void;
  /** The stream ended, on either side. Once for each `connected`. `status()` returns the last state. */
  readonly disconnected?: (client: XdsClient) => void;
  /** The subscription to this type changed. `status()` returns the new state. */
  readonly subscribed?: (client: XdsClient, typeUrl: string) => void;
  /** A response was passed to the transport. */
  readonly sent?: (client: XdsClient, typeUrl: string, response: SentResponse) => void;
  /**
   * A response of more than 4 MiB is sent, which gRPC clients refuse unless they are told to accept it (Envoy accepts it). Once per version of
   * a resource that is too large by itself, and otherwise of the response.
   */
  readonly oversized?: (response: OversizedResponse) => void;
  /** The client accepted the response in flight. `seconds`: since it was sent. */
  readonly acked?: (client: XdsClient, typeUrl: string, version: string, seconds: number) => void;
  /**
   * The client rejected the response in flight. `message`: its error message, of any length and content. `names`: the resources and removals in
   * the response.
   */
  readonly nacked?: (
    client: XdsClient,
    typeUrl: string,
    version: string,
    message: string,
    names: readonly string[],
  ) => void;
  /** A client rejected a resource because of its content. It is withheld from other clients, unless `isolateNacks` is false. */
  readonly resourceRejected?: (resource: RejectedResource) => void;
  /** A rejected version is no longer the newest, or no client subscribes to it. */
  readonly resourceReleased?: (resource: RejectedResource) => void;
  /** The server refused or ended a call. `code`: the gRPC status. `limit`: the limit that was reached, if it was one. */
  readonly streamRefused?: (peer: string, code: number, message: string, limit?: LimitName) => void;
}

/** A response that was sent. */
export interface SentResponse {
  /** Version of the state that the client then holds. Equal for equal states. */
  readonly version: string;
  /** The number of resources in the response. */
  readonly resources: number;
  /** The number of names that the response reports as removed. */
  readonly removed: number;
  /** Size in bytes, without the nonce and the frame of gRPC. */
  readonly bytes: number;
}

/** The same handlers. `report` gets the errors that they throw. */
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
    resourceRejected: guard((resource: RejectedResource) => events.resourceRejected?.(resource)),
    resourceReleased: guard((resource: RejectedResource) => events.resourceReleased?.(resource)),
    streamRefused: guard((peer: string, code: number, message: string, limit?: LimitName) =>
      events.streamRefused?.(peer, code, message, limit),
    ),
  };
}
