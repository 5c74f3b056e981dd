/**
 * Who may call: each call is authenticated before anything is allocated for it, and its node is authorized with the first request.
 * What proves who a client is, an authenticator decides.
 */
import type { ClientCredentials } from '../identities/credentials.js';
import {
  type MessageSink,
  type MessageStream,
  type MethodHandler,
  type Methods,
  STATUS,
  StreamError,
} from '../transport/message-stream.js';
import type { Principal } from '../identities/principal.js';
import type { XdsNode } from '../wire/xds-node.js';

/**
 * Says who a client is. A `StreamError` that it throws, or that its promise rejects with, ends the call: UNAUTHENTICATED without valid
 * credentials, PERMISSION_DENIED for a client that may not call at all. Any other error ends the call with INTERNAL.
 */
export type Authenticator = (credentials: ClientCredentials, peer: string) => Principal | Promise<Principal>;

/** Told of a call that was turned away: the address of the client, the status, and the error if it is ours to mend. */
export type CallRejected = (peer: string, error: StreamError, cause?: unknown) => void;

/** Bytes of requests that wait for the authentication of their calls, all calls together; beyond that calls get RESOURCE_EXHAUSTED. */
const MAX_WAITING_BYTES = 64 << 20;

/** The methods, of which only calls of authenticated clients reach the handlers. */
export function authenticated(methods: Methods, authenticate: Authenticator, rejected: CallRejected): Methods {
  const waiting = { bytes: 0 };
  return new Map(
    [...methods].map(([path, handler]) => [path, authenticating(handler, { authenticate, rejected, waiting })]),
  );
}

interface Gate {
  readonly authenticate: Authenticator;
  readonly rejected: CallRejected;
  readonly waiting: { bytes: number };
}

function authenticating(handler: MethodHandler, gate: Gate): MethodHandler {
  return (stream) => {
    try {
      const principal = gate.authenticate(stream.credentials?.() ?? {}, stream.peer);
      return principal instanceof Promise
        ? new WaitingSink(stream, handler, { ...gate, principal })
        : handler(stream, principal);
    } catch (error) {
      reject(stream, error, gate.rejected);
      return undefined;
    }
  };
}

function reject(stream: MessageStream, error: unknown, rejected: CallRejected): void {
  const known = error instanceof StreamError;
  const status = known ? error : new StreamError(STATUS.internal, 'internal error');
  rejected(stream.peer, status, known ? undefined : error);
  stream.end(status.code, status.message);
}

/** Keeps what a client sends while it is being authenticated. */
class WaitingSink implements MessageSink {
  readonly #stream: MessageStream;
  readonly #gate: Gate;
  #messages: Buffer[] = [];
  #bytes = 0;
  #halfClosed = false;
  #over = false;
  /** Set when the call has been let in. */
  #sink: MessageSink | undefined;

  constructor(stream: MessageStream, handler: MethodHandler, gate: Gate & { readonly principal: Promise<Principal> }) {
    this.#stream = stream;
    this.#gate = gate;
    // In this order an error of the handler ends the call too, as it does for a call that does not wait.
    gate.principal.then((principal) => this.#admit(handler, principal)).catch((error: unknown) => this.#end(error));
  }

  #admit(handler: MethodHandler, principal: Principal): void {
    const messages = this.#discard();
    if (this.#over) return;
    this.#sink = handler(this.#stream, principal);
    if (this.#sink === undefined) this.#over = true;
    for (const message of messages) this.#sink?.received(message);
    if (this.#halfClosed) this.#sink?.halfClosed();
  }

  #end(error: unknown): void {
    this.#discard();
    if (this.#over) return;
    this.#over = true;
    reject(this.#stream, error, this.#gate.rejected);
  }

  #discard(): readonly Buffer[] {
    this.#gate.waiting.bytes -= this.#bytes;
    this.#bytes = 0;
    return this.#messages.splice(0);
  }

  received(message: Buffer): void {
    if (this.#sink !== undefined) this.#sink.received(message);
    else if (!this.#over) this.#keep(message);
  }

  #keep(message: Buffer): void {
    if (this.#gate.waiting.bytes + message.length > MAX_WAITING_BYTES) {
      this.#end(
        new StreamError(STATUS.resourceExhausted, 'too many requests wait for authentication', 'authentication'),
      );
      return;
    }
    this.#bytes += message.length;
    this.#gate.waiting.bytes += message.length;
    // The message is valid during this call only.
    this.#messages.push(Buffer.from(message));
  }

  drained(): void {
    this.#sink?.drained();
  }

  halfClosed(): void {
    if (this.#sink === undefined) this.#halfClosed = true;
    else this.#sink.halfClosed();
  }

  closed(): void {
    this.#discard();
    this.#over = true;
    this.#sink?.closed();
  }
}

/** @throws StreamError PERMISSION_DENIED if the principal may not be the node. No principal: calls are not authenticated. */
export function authorizeNode(principal: Principal | undefined, node: XdsNode): void {
  const reason = principal?.nodeRefusal(node);
  if (reason !== undefined) throw new StreamError(STATUS.permissionDenied, reason);
}

/** Whether client status shows the client of one principal to that of another. */
export function maySee(viewer: Principal | undefined, shown: Principal | undefined): boolean {
  return viewer === undefined || viewer.seesAllClients || viewer.name === shown?.name;
}
