/** The ports of a service: the declared ports that are served, their protocols, and findings about the other ports. */
import { exactList } from '../../../api/exact-list.js';
import { type FieldPath, compareText } from '../../../api/resource.js';
import type { Findings } from '../../model/finding.js';
import type { Port } from '../../model/model.js';
import { isPortNumber } from '../../model/address.js';
import {
  type PortHints,
  type PortProtocol,
  externalProtocolOf,
  isKnownProtocol,
  protocolOf,
} from '../../model/protocol.js';

/** A port as declared. A Kubernetes service has the number in `port`, an external service in `number`. */
export interface WrittenPort extends Omit<PortHints, 'number'> {
  readonly port?: number;
  readonly number?: number;
}

export type PortsOf = 'kubernetes' | 'external';

/** The served ports, sorted by number. If two ports have the same number or name, the first one is served. */
export function servedPorts(written: readonly WrittenPort[], of: PortsOf): readonly Port[] {
  const taken = takenPorts();
  const served = written.flatMap((port): readonly Port[] => {
    const found = protocolFor(port, of);
    const number = numberOf(port);
    if (found === undefined || !isPortNumber(number) || taken(port) !== undefined) return [];
    return [{ number, name: port.name ?? '', protocol: found.protocol }];
  });
  return exactList(served.sort((a, b) => a.number - b.number || compareText(a.name, b.name)));
}

/** `subject`: the name of the service in messages. */
export function checkPorts(
  findings: Findings,
  written: readonly WrittenPort[],
  of: PortsOf,
  path: FieldPath,
  subject: string,
): void {
  const taken = takenPorts();
  const guessed: { readonly at: number; readonly text: string }[] = [];
  written.forEach((port, i) => {
    checkProtocol(findings, port, of, [...path, i]);
    const found = protocolFor(port, of);
    if (
      found === undefined ||
      !checkNumber(findings, port, of, [...path, i]) ||
      !checkTaken(findings, taken(port), [...path, i])
    )
      return;
    if (found.guessed) guessed.push({ at: i, text: `${String(numberOf(port))} (assumed: ${found.protocol})` });
  });
  const [first] = guessed;
  if (first === undefined) return;
  const ports = `${guessed.length === 1 ? 'port' : 'ports'} ${guessed.map(({ text }) => text).join(', ')}`;
  const how =
    of === 'external'
      ? 'Set protocol.'
      : 'Set appProtocol, or a name that begins with the protocol, such as http-web or tcp-db.';
  findings.warning(
    'ProtocolGuessed',
    [...path, first.at],
    `The protocol of ${ports} of ${subject} is not declared. ${how}`,
  );
}

function numberOf({ port, number }: WrittenPort): number {
  return port ?? number ?? 0;
}

function protocolFor(
  { name = '', appProtocol = '', protocol = '', ...numbers }: WrittenPort,
  of: PortsOf,
): PortProtocol | undefined {
  const hints = { name, appProtocol, protocol, number: numberOf(numbers) };
  return of === 'external' ? externalProtocolOf(hints) : protocolOf(hints);
}

type TakenBy = { readonly number: number } | { readonly name: string };

/** Returns a function that must be called for each port in order. It returns the number or name that an earlier port already has. */
function takenPorts(): (port: WrittenPort) => TakenBy | undefined {
  const [numbers, names] = [new Set<number>(), new Set<string>()];
  return (port) => {
    const [number, name] = [numberOf(port), port.name ?? ''];
    if (numbers.has(number)) return { number };
    if (names.has(name)) return { name };
    numbers.add(number);
    if (name !== '') names.add(name);
    return undefined;
  };
}

/** Reports an invalid number. Returns whether the number is valid. */
function checkNumber(findings: Findings, port: WrittenPort, of: PortsOf, path: FieldPath): boolean {
  const number = numberOf(port);
  if (isPortNumber(number)) return true;
  const field = of === 'external' ? 'number' : 'port';
  if (port.port === undefined && port.number === undefined)
    findings.error('MissingField', path, `Missing required field "${field}". The port is ignored.`);
  else findings.error('InvalidPortNumber', [...path, field], `${invalidPort(number)} The port is ignored.`);
  return false;
}

export function invalidPort(number: number): string {
  return `Invalid port number ${String(number)}: must be between 1 and 65535, inclusive.`;
}

function checkTaken(findings: Findings, taken: TakenBy | undefined, path: FieldPath): boolean {
  if (taken === undefined) return true;
  const what = 'number' in taken ? `number ${String(taken.number)}` : `name ${taken.name}`;
  findings.error('RepeatedPort', path, `An earlier port of the service already has the ${what}. This port is ignored.`);
  return false;
}

function checkProtocol(
  findings: Findings,
  { appProtocol = '', protocol = '' }: WrittenPort,
  of: PortsOf,
  path: FieldPath,
): void {
  if (protocol !== '' && !isKnownProtocol(protocol)) {
    const known = of === 'external' ? 'HTTP, HTTPS, GRPC, HTTP2, MONGO, TCP or TLS' : 'TCP, UDP or SCTP';
    findings.error(
      'InvalidProtocol',
      [...path, 'protocol'],
      `Invalid protocol for port: ${protocol}. It must be ${known}.`,
    );
  }
  if (appProtocol === '' || isKnownProtocol(appProtocol)) return;
  const message = `The protocol ${appProtocol} is unknown, so the name or number of the port determines it. Known protocols are http, http2, grpc, https, tls, mongo, tcp and the names of common databases and brokers.`;
  findings.warning('UnknownProtocol', [...path, 'appProtocol'], message);
}
