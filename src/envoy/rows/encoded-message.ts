/** What the tables of Envoy messages hold. */
import type { GuardedBytes, LeftOut } from './guarded.js';

/** A resource as it goes over the wire, by its xDS name. */
export interface EncodedMessage extends GuardedBytes {
  readonly name: string;
  /** Parts that are missing from its bytes because Envoy would reject them. */
  readonly leftOut?: readonly LeftOut[];
  /** Of a cluster whose endpoints come by EDS: the name of its load assignment. */
  readonly endpoints?: string;
  /** Of routes and listeners: the clusters that they send traffic to, sorted. */
  readonly clusters?: readonly string[];
}
