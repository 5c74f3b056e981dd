/** Warnings about failover destinations with another protocol than their backends, which cannot read the requests. */
import type { FieldPath } from '../../api/resource.js';
import type { Read, Table } from '../../graph/index.js';
import type { DestinationTables } from '../discovery/destinations.js';
import type { FailoverKey } from '../model/failover-key.js';
import { type FailoverResource, toFailoverSpec } from '../model/failover-spec.js';
import { type FindingsOf, collectFindings } from '../model/finding.js';
import {
  type Backing,
  type FailoverDestination,
  type FailoverDestinationPort,
  type Protocol,
  formatService,
} from '../model/model.js';
import { isHttp } from '../model/port-sharing.js';
import type { TrafficPolicyTables } from '../policies/traffic-policies.js';

interface ProtocolContext {
  readonly failovers: Table<FailoverKey, FailoverDestination>;
  readonly resources: Table<FailoverKey, FailoverResource>;
  readonly destinations: DestinationTables;
  readonly tlsModeOf: TrafficPolicyTables['tlsModeOf'];
}

export function findProtocolMismatches(context: ProtocolContext): FindingsOf<FailoverKey> {
  return (read, key) => {
    const failover = read(context.failovers, key);
    const resource = read(context.resources, key);
    if (failover === undefined || resource === undefined) return [];
    const findings = collectFindings(failover.ref);
    const written = toFailoverSpec(resource).ports;
    for (const port of failover.ports) {
      const path = written.find(({ number }) => number === port.number)?.path ?? ['spec'];
      for (const message of mismatches(read, key, port, context))
        findings.warning('ProtocolMismatch', protocolPath(path), message);
    }
    return findings.all;
  };
}

function protocolPath(port: FieldPath): FieldPath {
  return port.length === 1 ? port : [...port, 'protocol'];
}

function mismatches(
  read: Read,
  key: FailoverKey,
  { number, protocol, backings }: FailoverDestinationPort,
  context: ProtocolContext,
): readonly string[] {
  return backings.flat().flatMap((backing) => {
    const behind = protocolBehind(read, backing, context);
    const encrypts = isEncrypted(read, key, backing, context);
    const reason = behind && reasonOf(protocol, behind.protocol, encrypts);
    return reason
      ? [
          `Port ${number} has protocol ${protocol}, but port ${backing.port} of ${behind.name} has ${behind.protocol}: ${reason}`,
        ]
      : [];
  });
}

/** Why the backend cannot read the requests; `undefined` if it can. TCP may carry any protocol, so it gets no warning. */
function reasonOf(spoken: Protocol, expected: Protocol, encrypts: boolean): string | undefined {
  if (isHttp(spoken) && isTls(expected) && !encrypts) {
    return 'requests are sent without TLS and fail. Use protocol HTTPS to pass TLS through, or set mtls in a TrafficPolicy so that Envoy encrypts.';
  }
  if (isTls(spoken) && isHttp(expected))
    return 'clients send TLS, but the service does not expect it. Use protocol HTTP, or name the port of the service https.';
  return isHttp(spoken) && expected === 'MONGO'
    ? 'the service does not understand HTTP. Use protocol MONGO.'
    : undefined;
}

function isTls(protocol: Protocol): boolean {
  return protocol === 'TLS' || protocol === 'HTTPS';
}

function protocolBehind(
  read: Read,
  { destination: key, port }: Backing,
  { destinations }: ProtocolContext,
): { readonly name: string; readonly protocol: Protocol } | undefined {
  const destination = read(destinations.destinations, key);
  const protocol = destination?.ports.find(({ number }) => number === port)?.protocol;
  if (destination === undefined || protocol === undefined) return undefined;
  return { name: destination.service ? formatService(destination.service) : key, protocol };
}

function isEncrypted(read: Read, key: FailoverKey, { destination }: Backing, { tlsModeOf }: ProtocolContext): boolean {
  const mode = tlsModeOf(read, key) ?? tlsModeOf(read, destination);
  return mode !== undefined && mode !== 'DISABLE';
}
