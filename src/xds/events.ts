/** What the server tells of its streams while they run: for metrics, logs and statuses. Handlers are called synchronously and must not throw. */
import type { RefusedResource } from './isolation.js';
import type { ClientStatus } from './status.js';
import type { XdsNode } from './node.js';

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

export interface XdsEvents {
  /** The stream's first request arrived. */
  readonly connected?: (client: XdsClient) => void;
  readonly disconnected?: (client: XdsClient) => void;
  /** What the client subscribes to of this type changed. */
  readonly subscribed?: (client: XdsClient, typeUrl: string) => void;
  /** A response was sent. */
  readonly sent?: (client: XdsClient, typeUrl: string, response: SentResponse) => void;
  readonly acked?: (client: XdsClient, typeUrl: string, version: string, seconds: number) => void;
  /** `names`: the resources and removals in the refused response. */
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
  /** A stream was turned away or ended by the server; `code` is a gRPC status. */
  readonly rejected?: (peer: string, code: number, message: string) => void;
}

export interface SentResponse {
  readonly version: string;
  readonly resources: number;
  readonly removed: number;
  readonly bytes: number;
}
