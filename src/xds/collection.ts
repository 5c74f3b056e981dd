/** All resources of one type as one view sees them: what a provider fills and changes. Knows no streams. */
import type { EncodedResource } from './resource.js';

export interface Collection {
  readonly typeUrl: string;
  readonly view: string;
  /**
   * Adds or replaces the resource of that name. A resource with the version that is there already changes nothing. Outside
   * of a transaction it is one of its own. Throws TypeError for a resource of another type.
   */
  set(resource: EncodedResource): void;
  delete(name: string): void;
  get(name: string): EncodedResource | undefined;
  /** Names of the resources that exist. */
  names(): Iterable<string>;
}
