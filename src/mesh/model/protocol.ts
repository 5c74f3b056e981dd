/** What is spoken on a port, from what discovery knows of it. Istio's conventions: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
import { type Protocol, protocols } from './model.js';

/** The protocol of that name in any case; `undefined` if there is none. */
export function parseProtocol(text: string): Protocol | undefined {
  const upper = text.toUpperCase();
  return protocols.find((protocol) => protocol === upper);
}

/** What discovery says of a port. */
export interface PortHints {
  /** `<protocol>` or `<protocol>-<suffix>`, as Istio names ports. */
  readonly name?: string;
  /** Kubernetes' `appProtocol`. */
  readonly appProtocol?: string;
  /** The transport (TCP, UDP), or one of ours. */
  readonly protocol?: string;
}

/** `appProtocol` first, then the port's name, then `protocol` where it says more than TCP. A port that says nothing is HTTP. */
export function protocolOf(hints: PortHints): Protocol {
  return (
    fromAppProtocol(hints.appProtocol ?? '') ?? fromWord(hints.name?.split('-')[0] ?? '') ?? fromTransport(hints.protocol ?? '') ?? 'HTTP'
  );
}

const appProtocols: Readonly<Record<string, Protocol>> = {
  'kubernetes.io/h2c': 'HTTP2',
  'kubernetes.io/ws': 'HTTP',
  'kubernetes.io/wss': 'HTTPS',
};

function fromAppProtocol(text: string): Protocol | undefined {
  return appProtocols[text] ?? fromWord(text);
}

function fromWord(word: string): Protocol | undefined {
  return word.toLowerCase() === 'h2c' ? 'HTTP2' : parseProtocol(word);
}

/** `TCP` is the transport of every port and tells nothing. */
function fromTransport(text: string): Protocol | undefined {
  const protocol = parseProtocol(text);
  return protocol === 'TCP' ? undefined : protocol;
}
