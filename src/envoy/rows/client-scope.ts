/** The properties of a client that its messages depend on. */
import type { MeshKey } from '../../mesh/model/object-key.js';
import type { Role } from '../../mesh/offers/visibility-key.js';
import type { SourceScope } from '../../mesh/policies/selection/source-selectors.js';

/** The properties that a client's listeners depend on, besides their address. */
export interface ListenerScope {
  readonly mesh: MeshKey;
  readonly role: Role;
  readonly cluster: string;
  readonly namespace: string;
}

/** The properties that a client's route configurations depend on. */
export interface RouteScope extends ListenerScope {
  /** The source selectors that the client matches, as `sourceScope` formats them. */
  readonly sources: SourceScope;
}
