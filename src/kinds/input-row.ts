/** Where one resource is in the model: an input table, and its key there. */
import type { Resource } from '../api/resource.js';
import type { Input, Transaction } from '../graph/index.js';

export interface InputRow {
  /** Sets the resource, or removes it if it is `undefined`. The decoder vouches for the type of its `spec`. */
  readonly stage: (transaction: Transaction, resource: Resource<unknown> | undefined) => void;
}

export function inputRowOf<K extends string>(input: Input<K, Resource<unknown>>, key: NoInfer<K>): InputRow {
  return {
    stage: (transaction, resource) => {
      if (resource === undefined) transaction.delete(input, key);
      else transaction.set(input, key, resource);
    },
  };
}
