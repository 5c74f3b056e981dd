/** Where a client's listeners bind, and how connections reach them. */

export interface ListenerPlace {
  readonly address: string;
  /** Added to every port that a listener binds. */
  readonly portOffset: number;
  /** `REDIRECT`: iptables redirects connections to any address. */
  readonly interception: 'NONE' | 'REDIRECT';
  /** For a gateway: the number of trusted proxies in front of it. Absent for a sidecar, whose only client is its own application. */
  readonly trustedHops?: number;
}
