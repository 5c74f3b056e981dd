/** Shares of requests. https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/v3/percent.proto */
import type { FractionalPercent } from '../../generated/envoy.js';

/** `percent`: 0 to 100, with up to four decimals. */
export function toFraction(percent: number): FractionalPercent {
  return Number.isInteger(percent)
    ? { numerator: percent, denominator: 'HUNDRED' }
    : { numerator: Math.round(percent * 10_000), denominator: 'MILLION' };
}
