/**
 * The order in which a client prefers endpoints. A rule compares classes of endpoints, not single endpoints, so the order stays the same
 * when an endpoint is added or removed.
 */
import type { Locality } from '../model/model.js';

/** Endpoints with the same values of all properties that rules compare. */
export interface EndpointClass {
  readonly locality: Locality;
  /** The cluster or site of the service; empty: none. */
  readonly cluster: string;
  /** Only the labels that some rule compares. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The client's values of the properties that rules compare. */
export type OrderingClient = EndpointClass;

/** The tier of a class of endpoints for one client. */
export interface Preference {
  /** A lower tier is preferred. Numbers may be missing. */
  readonly tier: number;
  /** The index of the class in the rule's shares, if the rule distributes traffic. */
  readonly share?: number;
}

/** The preference for a class. `undefined`: the client does not use its endpoints. */
export type PreferenceOf = (endpoints: EndpointClass) => Preference | undefined;

/** A rule applied to one client. */
export interface Order {
  readonly preferenceOf: PreferenceOf;
  /** In percent of the traffic, if the rule distributes. */
  readonly shares?: readonly number[];
}
