/** What of a client its messages depend on. */
import type { MeshKey } from '../../mesh/model/object-key.js';
import type { Role } from '../../mesh/offers/visibility-key.js';
import type { SourceScope } from '../../mesh/policies/selection/source-selectors.js';

/** What a client's listeners depend on, besides where they are. */
export interface ListenerScope {
  readonly mesh: MeshKey;
  readonly role: Role;
  readonly cluster: string;
  readonly namespace: string;
}

/** What a client's route configurations depend on. */
export interface RouteScope extends ListenerScope {
  /** The source selectors that it matches, as `sourceScope` gives them. */
  readonly sources: SourceScope;
}
