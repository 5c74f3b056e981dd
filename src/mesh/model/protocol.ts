/** The protocol of a port, derived from its properties. Istio's conventions: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
import { type Protocol, protocols } from './model.js';
import { protocolOfNumber, protocolOfWord } from './protocol-words.js';

/** The protocol of that name in any case; `undefined` if there is none. */
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
  /** The transport (TCP, UDP, SCTP), or what is spoken. */
  readonly protocol?: string;
  readonly number?: number;
}

export interface PortProtocol {
  readonly protocol: Protocol;
  /** Whether nothing but the port's number says so. */
  readonly guessed: boolean;
}

/**
 * Of a Kubernetes port: `appProtocol` first, then the port's name, then `protocol` where it says more than TCP, then the number.
 * `undefined` for UDP and SCTP, which Envoy's HTTP and TCP proxies do not carry.
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

/** Of a port outside of the clusters, where `protocol` says what is spoken, TCP included. */
export function externalProtocolOf({ protocol = '', ...hints }: PortHints): PortProtocol | undefined {
  const told = isDatagram(protocol) ? undefined : protocolOfWord(protocol);
  return told === undefined ? protocolOf({ ...hints, protocol }) : { protocol: told, guessed: false };
}

/** Whether the text is known as a protocol; a transport is. */
export function isKnownProtocol(text: string): boolean {
  return protocolOfWord(text) !== undefined || isDatagram(text);
}

/** UDP and SCTP have no streams. */
export function isDatagram(transport: string): boolean {
  return /^(udp|sctp)$/i.test(transport);
}

/** Istio reads the name up to its first dash; a name of several words, such as `secure-mqtt`, may be a protocol as a whole. */
function fromName(name: string): Protocol | undefined {
  return protocolOfWord(firstWord(name)) ?? protocolOfWord(name);
}

function firstWord(name: string): string {
  return name.split('-')[0] ?? '';
}

/** `TCP` is the transport of every port and tells nothing. */
function fromTransport(text: string): Protocol | undefined {
  return text.toUpperCase() === 'TCP' ? undefined : protocolOfWord(text);
}
