/** Keys of the tables that say what a client gets. */
import { type Key, pairCodec, partsCodec } from '../../graph/index.js';
import type { ClientKey } from '../clusters/client-key.js';
import type { VariantText } from '../clusters/variant.js';
import type { ClusterKey } from '../model/cluster-key.js';
import type { MeshKey } from '../model/object-key.js';

/** A sidecar gets all hosts that its mesh sees, a gateway only failover destinations. */
export type Role = 'sidecar' | 'gateway';

/** Clients with the same audience see the same hosts. The mesh of a client without one is `NO_MESH`. */
export type AudienceKey = Key<'audience'>;

const AUDIENCE = partsCodec<AudienceKey, readonly [mesh: MeshKey, role: Role]>(2);

export const audienceKey = AUDIENCE.format;
export const parseAudience = AUDIENCE.parse;

/** A port as one audience uses it. */
export type PortUseKey = Key<'use of a port'>;

const PORT_USE = pairCodec<PortUseKey, AudienceKey, string>();

export function portUseKey(audience: AudienceKey, port: number): PortUseKey {
  return PORT_USE.format(audience, String(port));
}

export const parsePortUse = PORT_USE.parse;

/** The client's audience, and the client as `clusterScope` formats it. */
export type OfferKey = Key<'offer'>;

const OFFER = pairCodec<OfferKey, AudienceKey, ClientKey>();

export const offerKey = OFFER.format;
export const parseOffer = OFFER.parse;

/** A cluster that a client gets: its key, and the client's variant of it. */
export type OfferedKey = Key<'offered cluster'>;

const OFFERED = pairCodec<OfferedKey, ClusterKey, VariantText>();

export const offeredCluster = OFFERED.format;
export const parseOffered = OFFERED.parse;
