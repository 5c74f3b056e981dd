/** All resources of one type in one view. The provider fills and changes it. Knows no streams. */
import type { EncodedResource } from './resource.js';

/** Open while a stream subscribes to the type in the view. Later changes have no effect. */
export interface Collection {
  readonly typeUrl: string;
  /** The result of `viewOf`. */
  readonly view: string;
  /**
   * Adds or replaces the resource of that name. A resource with the same version as before changes nothing. Outside of a transaction, the call
   * is a transaction of its own.
   *
   * @throws TypeError for a resource of another type
   */
  set(resource: EncodedResource): void;
  /** Does nothing if the resource does not exist. */
  delete(name: string): void;
  /** The resource, including changes of the open transaction. */
  get(name: string): EncodedResource | undefined;
  /** The names of all resources. */
  names(): Iterable<string>;
}
