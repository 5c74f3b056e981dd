/**
 * The order in which a client prefers endpoints. A rule looks at classes of endpoints, never at single ones, so that an endpoint
 * which comes or goes changes nothing here.
 */
import type { Locality } from '../model/model.js';

/** Endpoints that no rule tells apart. */
export interface EndpointClass {
  readonly locality: Locality;
  /** The cluster or site of the service; empty for none. */
  readonly cluster: string;
  /** Only the labels that some rule compares. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The properties of a client that rules compare. */
export type OrderingClient = EndpointClass;

/** Where the endpoints of a class go for one client. */
export interface Preference {
  /** Lower is better; gaps mean nothing. */
  readonly tier: number;
  /** Which of the rule's shares the class belongs to, where the rule distributes traffic. */
  readonly share?: number;
}

/** The place of a class; `undefined` leaves its endpoints out for this client. */
export type PreferenceOf = (endpoints: EndpointClass) => Preference | undefined;

/** A rule as it applies to one client. */
export interface Order {
  readonly preferenceOf: PreferenceOf;
  /** Percent of the traffic for each share, where the rule distributes. */
  readonly shares?: readonly number[];
}
