/** All resources of one type as one view sees them: what a provider fills and changes. Knows no streams. */
import type { EncodedResource } from './resource.js';

/** Open while a stream subscribes to the type in the view; changes after its end go nowhere. */
export interface Collection {
  readonly typeUrl: string;
  /** What `viewOf` gave. */
  readonly view: string;
  /**
   * Adds or replaces the resource of that name. A resource with the version that is there already changes nothing. Outside
   * of a transaction it is one of its own. Throws TypeError for a resource of another type.
   */
  set(resource: EncodedResource): void;
  /** Does nothing if there is none. */
  delete(name: string): void;
  /** Also within the transaction that sets it. */
  get(name: string): EncodedResource | undefined;
  /** Names of the resources that exist. */
  names(): Iterable<string>;
}
