/** What a subscription covers, for the decision what to send. */
import type { Digest } from '../protocol/digest.js';
import type { EncodedResource } from '../resources/resource.js';

export interface Covering {
  readonly wildcard: boolean;
  readonly names: ReadonlySet<string>;
  /** Sum over the digests of the newest versions that it covers, and the version that this makes. */
  readonly content: Digest;
  readonly version: string;
  /** Whether it covers the resource of this name. */
  covers(name: string): boolean;
  /** Whether it names this resource itself, by its name or by an alias. */
  namesResource(name: string): boolean;
  /** Whether it covers, or covered, this version of a resource: that may have had other aliases. */
  coversVersion(resource: EncodedResource): boolean;
}
