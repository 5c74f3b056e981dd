/** The rows of the tables of Envoy messages. */
import type { GuardedBytes, LeftOut } from './guarded.js';

/** An encoded resource and its xDS name. */
export interface EncodedMessage extends GuardedBytes {
  readonly name: string;
  /** Parts that the bytes do not contain, because Envoy would reject them. */
  readonly leftOut?: readonly LeftOut[];
  /** For an EDS cluster: the name of its load assignment. */
  readonly endpoints?: string;
  /** For routes and listeners: the names of the clusters that they refer to, sorted. */
  readonly clusters?: readonly string[];
}
