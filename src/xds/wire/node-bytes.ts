/** What a node costs in memory. */
import type { XdsNode } from './xds-node.js';

/** Of the node itself, of an object and of a list with their headers, and of an entry of either beside its value. */
const NODE = 512;
const OBJECT = 64;
const ENTRY = 48;
const STRING = 32;

/** Bytes that the decoded node takes, about: an upper estimate, for limits. */
export function bytesOfNode(node: XdsNode): number {
  const { id, cluster, locality, metadata, userAgentName, userAgentVersion, clientFeatures } = node;
  const texts = [id, cluster, locality.region, locality.zone, locality.subZone, userAgentName, userAgentVersion];
  return NODE + bytesOfValue(texts) + bytesOfValue(clientFeatures) + bytesOfValue(metadata);
}

/** The depth is that which `decodeNode` allows. */
function bytesOfValue(value: unknown): number {
  if (typeof value === 'string') return STRING + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = OBJECT;
  if (Array.isArray(value)) for (const item of value) bytes += ENTRY + bytesOfValue(item);
  else for (const [key, item] of Object.entries(value)) bytes += ENTRY + bytesOfValue(key) + bytesOfValue(item);
  return bytes;
}
