/** The result of the guard. */

/** Why Envoy would reject a message. */
export interface Rejection {
  /** The field, in the names of proto JSON: `virtualHosts[0].domains`. Empty for the message itself. */
  readonly path: string;
  readonly problem: string;
}
