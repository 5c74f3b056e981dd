/**
 * Encodes load assignments, without protobufjs messages, because endpoints change more often than all other resources. The endpoints of a
 * locality are encoded once for all tiers and clients.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/endpoint/v3/endpoint.proto
 */
import protobuf from 'protobufjs/minimal.js';
import type { ClusterLoadAssignment, LocalityLbEndpoints } from '../../generated/envoy.js';
import { rejectedEndpoint, rejectedTiers } from '../rows/endpoint-guard.js';
import type { GuardedBytes, LeftOut } from '../rows/guarded.js';
import type { Endpoint, EndpointGroup, Health, Locality, LocalityGroup, Tier } from '../../mesh/model/model.js';
import { finishMessage } from '../../proto/finish-message.js';

/** The bytes of a ClusterLoadAssignment, without the endpoints that Envoy would reject. */
export interface EncodedLoadAssignment extends GuardedBytes {
  readonly leftOut?: readonly LeftOut[];
}

/** The index of a tier is its priority. */
export type EncodeLoadAssignment = (name: string, tiers: readonly Tier[]) => EncodedLoadAssignment;

/** The encoder caches the bytes of each list of endpoints as long as the list exists. */
export function loadAssignmentEncoder(): EncodeLoadAssignment {
  const known = new WeakMap<readonly Endpoint[], EncodedGroup>();
  const encodeOnce = (group: EndpointGroup): EncodedGroup => {
    const encoded = known.get(group.endpoints) ?? encodeSound(group);
    known.set(group.endpoints, encoded);
    return encoded;
  };
  return (name, tiers) => {
    const writer = protobuf.Writer.create().uint32(field(1, LENGTH_DELIMITED)).string(name);
    let leftOut: readonly LeftOut[] = [];
    tiers.forEach((tier, priority) => {
      for (const group of tier) {
        const encoded = encodeOnce(group);
        writeGroup(writer, encoded.bytes, group.weight, priority);
        if (encoded.leftOut.length > 0) leftOut = [...leftOut, ...encoded.leftOut];
      }
    });
    const rejection = rejectedTiers(tiers);
    return {
      bytes: finishMessage(writer),
      ...(rejection !== undefined && { rejection }),
      ...(leftOut.length > 0 && { leftOut }),
    };
  };
}

interface EncodedGroup {
  readonly bytes: Uint8Array;
  readonly leftOut: readonly LeftOut[];
}

function encodeSound(group: EndpointGroup): EncodedGroup {
  const leftOut = group.endpoints.flatMap((endpoint) => rejectedEndpoint(endpoint) ?? []);
  if (leftOut.length === 0) return { bytes: encodeGroup(group), leftOut };
  return {
    bytes: encodeGroup({
      ...group,
      endpoints: group.endpoints.filter((endpoint) => rejectedEndpoint(endpoint) === undefined),
    }),
    leftOut,
  };
}

/** The same as a message, for a cluster that contains its endpoints. */
export function loadAssignmentMessage(name: string, tiers: readonly Tier[]): ClusterLoadAssignment {
  return {
    clusterName: name,
    endpoints: tiers.flatMap((tier, priority) => tier.map((group) => toGroup(group, priority))),
  };
}

function toGroup({ locality, endpoints, weight }: LocalityGroup, priority: number): LocalityLbEndpoints {
  return {
    locality,
    loadBalancingWeight: weight,
    lbEndpoints: endpoints.map(({ address, port, additionalAddresses = [], health, hostname }) => ({
      endpoint: {
        address: { socketAddress: { address, portValue: port } },
        ...(additionalAddresses.length > 0 && {
          additionalAddresses: additionalAddresses.map((other) => ({
            address: { socketAddress: { address: other, portValue: port } },
          })),
        }),
        ...(hostname !== undefined && { hostname }),
      },
      ...(health !== 'HEALTHY' && { healthStatus: health }),
    })),
    ...(priority > 0 && { priority }),
  };
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

function field(number: number, wireType: number): number {
  return (number << 3) | wireType;
}

/** LocalityLbEndpoints: `group` are the encoded fields that are the same in every tier. Fields 3 (weight) and 5 (priority) follow. */
function writeGroup(writer: protobuf.Writer, group: Uint8Array, weight: number, priority: number): void {
  writer.uint32(field(2, LENGTH_DELIMITED)).fork().raw(group);
  writer.uint32(field(3, LENGTH_DELIMITED)).fork().uint32(field(1, VARINT)).uint32(weight).ldelim();
  if (priority > 0) writer.uint32(field(5, VARINT)).uint32(priority);
  writer.ldelim();
}

function encodeGroup({ locality, endpoints }: EndpointGroup): Uint8Array {
  const writer = protobuf.Writer.create();
  writeLocality(writer.uint32(field(1, LENGTH_DELIMITED)).fork(), locality);
  writer.ldelim();
  for (const endpoint of endpoints) {
    writeEndpoint(writer.uint32(field(2, LENGTH_DELIMITED)).fork(), endpoint);
    writer.ldelim();
  }
  return finishMessage(writer);
}

function writeLocality(writer: protobuf.Writer, { region, zone, subZone }: Locality): void {
  if (region !== '') writer.uint32(field(1, LENGTH_DELIMITED)).string(region);
  if (zone !== '') writer.uint32(field(2, LENGTH_DELIMITED)).string(zone);
  if (subZone !== '') writer.uint32(field(3, LENGTH_DELIMITED)).string(subZone);
}

/**
 * LbEndpoint{endpoint{address, hostname, additional_addresses}, health_status}. Envoy tries several addresses one after the other, in this
 * order (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/happy_eyeballs).
 */
function writeEndpoint(
  writer: protobuf.Writer,
  { address, port, additionalAddresses, health, hostname }: Endpoint,
): void {
  writer.uint32(field(1, LENGTH_DELIMITED)).fork();
  writeAddress(writer.uint32(field(1, LENGTH_DELIMITED)).fork(), address, port);
  writer.ldelim();
  if (hostname !== undefined) writer.uint32(field(3, LENGTH_DELIMITED)).string(hostname);
  for (const other of additionalAddresses ?? []) {
    writer.uint32(field(4, LENGTH_DELIMITED)).fork().uint32(field(1, LENGTH_DELIMITED)).fork();
    writeAddress(writer, other, port);
    writer.ldelim().ldelim();
  }
  writer.ldelim();
  const status = healthStatus[health];
  if (status !== 0) writer.uint32(field(2, VARINT)).uint32(status);
}

/** Address{socket_address{address, port_value}}. */
function writeAddress(writer: protobuf.Writer, address: string, port: number): void {
  writer.uint32(field(1, LENGTH_DELIMITED)).fork();
  writer.uint32(field(2, LENGTH_DELIMITED)).string(address);
  writer.uint32(field(3, VARINT)).uint32(port);
  writer.ldelim();
}

/** Envoy's HealthStatus. Healthy endpoints keep the default, UNKNOWN, which Envoy treats as healthy. */
const healthStatus: Readonly<Record<Health, number>> = { HEALTHY: 0, UNHEALTHY: 2, DRAINING: 3 };
