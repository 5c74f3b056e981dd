/** Where a client's listeners are, and how connections come to them. */

export interface ListenerPlace {
  readonly address: string;
  /** Added to every port that is bound. */
  readonly portOffset: number;
  /** `REDIRECT`: connections come by way of iptables, wherever they were going. */
  readonly interception: 'NONE' | 'REDIRECT';
  /** Of a gateway, whose clients are strangers: how many proxies before it are trusted. Absent where its only client is its own application. */
  readonly trustedHops?: number;
}
