/** The resources that a subscription covers, as far as decisions about updates need it. */
import type { Digest } from '../protocol/digest.js';
import type { EncodedResource } from '../resources/resource.js';

export interface Covering {
  /** Equal coverages have equal keys. */
  readonly key: string;
  readonly wildcard: boolean;
  readonly names: ReadonlySet<string>;
  /** Sum of the digests of the newest covered versions. The version of the state follows from it. */
  readonly content: Digest;
  readonly version: string;
  /** Whether it covers the resource of this name. */
  covers(name: string): boolean;
  /** Whether it names this resource, by the resource's name or by an alias. */
  namesResource(name: string): boolean;
  /** Whether it covers this version of a resource, which may have had other aliases. */
  coversVersion(resource: EncodedResource): boolean;
}
