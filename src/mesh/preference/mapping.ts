/** Reads locality mappings of resources. Expects mappings that were checked. */
import type { LocalityMapping, MappedLocality } from '../model/model.js';

export interface LocalitySpec {
  readonly region?: string;
  readonly zone?: string;
  readonly subZone?: string;
  /** Only targets have a weight, in percent. */
  readonly weight?: number;
}

export interface MappingSpec {
  readonly from?: LocalitySpec;
  readonly to?: readonly LocalitySpec[];
}

export function toLocalityMapping({ from = {}, to = [] }: MappingSpec): LocalityMapping {
  return { from: toMapped(from).locality, to: to.map(toMapped) };
}

function toMapped({ region = '', zone = '', subZone = '', weight }: LocalitySpec): MappedLocality {
  return { locality: { region, zone, subZone }, ...(weight !== undefined && { weight }) };
}
