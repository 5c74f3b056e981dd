/** The protocol of a port, derived from its properties. Istio's conventions: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
import { type Protocol, protocols } from './model.js';
import { protocolOfNumber, protocolOfWord } from './protocol-words.js';

/** The protocol with this name, in any case; `undefined` if there is none. */
export function parseProtocol(text: string): Protocol | undefined {
  const upper = text.toUpperCase();
  return protocols.find((protocol) => protocol === upper);
}

/** The properties of a discovered port. */
export interface PortHints {
  /** `<protocol>` or `<protocol>-<suffix>`, as Istio names ports. */
  readonly name?: string;
  /** Kubernetes' `appProtocol`. */
  readonly appProtocol?: string;
  /** The transport (TCP, UDP, SCTP), or the protocol. */
  readonly protocol?: string;
  readonly number?: number;
}

export interface PortProtocol {
  readonly protocol: Protocol;
  /** Whether only the port's number indicates it. */
  readonly guessed: boolean;
}

/**
 * The protocol of a Kubernetes port: from `appProtocol`, else the port's name, else a `protocol` other than TCP, else the number.
 * `undefined` for UDP and SCTP, which Envoy's HTTP and TCP proxies do not support.
 */
export function protocolOf({
  name = '',
  appProtocol = '',
  protocol = '',
  number = 0,
}: PortHints): PortProtocol | undefined {
  if (isDatagram(protocol)) return undefined;
  const told = protocolOfWord(appProtocol) ?? fromName(name) ?? fromTransport(protocol);
  if (told === undefined && isDatagram(firstWord(name))) return undefined;
  return told === undefined
    ? { protocol: protocolOfNumber(number), guessed: true }
    : { protocol: told, guessed: false };
}

/** The protocol of a port outside the clusters. Its `protocol` names the protocol, and TCP is one. */
export function externalProtocolOf({ protocol = '', ...hints }: PortHints): PortProtocol | undefined {
  const told = isDatagram(protocol) ? undefined : protocolOfWord(protocol);
  return told === undefined ? protocolOf({ ...hints, protocol }) : { protocol: told, guessed: false };
}

/** Whether the text is a known protocol or transport. */
export function isKnownProtocol(text: string): boolean {
  return protocolOfWord(text) !== undefined || isDatagram(text);
}

/** Envoy proxies neither UDP nor SCTP. */
export function isDatagram(transport: string): boolean {
  return /^(udp|sctp)$/i.test(transport);
}

/** Istio reads the name up to its first dash. A name with several words, such as `secure-mqtt`, may be a protocol as a whole. */
function fromName(name: string): Protocol | undefined {
  return protocolOfWord(firstWord(name)) ?? protocolOfWord(name);
}

function firstWord(name: string): string {
  return name.split('-')[0] ?? '';
}

/** `TCP` is the transport of every port, so it does not indicate a protocol. */
function fromTransport(text: string): Protocol | undefined {
  return text.toUpperCase() === 'TCP' ? undefined : protocolOfWord(text);
}
