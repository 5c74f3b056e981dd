/** Actions on requests other than routing. Durations are in milliseconds, shares in percent. */
import { parseDuration } from '../../../api/duration.js';
import { compareText } from '../../../api/resource.js';
import type { HeaderManipulation, TrafficPolicySpec_Policy as Policy } from '../../../generated/resources.js';
import { type TextMatch, toTextMatch } from './request-matchers.js';

export interface HeaderChanges {
  readonly addToRequest: readonly (readonly [name: string, value: string])[];
  readonly removeFromRequest: readonly string[];
  readonly addToResponse: readonly (readonly [name: string, value: string])[];
  readonly removeFromResponse: readonly string[];
}

/** A delay or an error response, for a share of the requests. */
export interface Fault {
  readonly percentage: number;
  readonly delayMs?: number;
  readonly abortStatus?: number;
}

export interface Cors {
  readonly allowOrigins: readonly TextMatch[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeMs?: number;
  readonly allowCredentials?: boolean;
}

export interface RequestActions {
  readonly headers?: HeaderChanges;
  readonly fault?: Fault;
  readonly cors?: Cors;
}

/** Expects settings that were checked. */
export function toRequestActions({ headerManipulation, faultInjection, corsPolicy }: Policy): RequestActions {
  return {
    ...(headerManipulation && { headers: toHeaderChanges(headerManipulation) }),
    ...(faultInjection && { fault: toFault(faultInjection) }),
    ...(corsPolicy && { cors: toCors(corsPolicy) }),
  };
}

export function toHeaderChanges(changes: HeaderManipulation): HeaderChanges {
  return {
    addToRequest: sorted(changes.appendRequestHeaders),
    removeFromRequest: changes.removeRequestHeaders ?? [],
    addToResponse: sorted(changes.appendResponseHeaders),
    removeFromResponse: changes.removeResponseHeaders ?? [],
  };
}

function sorted(headers: Readonly<Record<string, string>> = {}): readonly (readonly [string, string])[] {
  return Object.entries(headers).sort(([a], [b]) => compareText(a, b));
}

function toFault({ fixedDelay, abort, percentage = 100 }: NonNullable<Policy['faultInjection']>): Fault {
  return {
    percentage,
    ...(fixedDelay !== undefined && { delayMs: parseDuration(fixedDelay) }),
    ...(abort?.httpStatus !== undefined && { abortStatus: abort.httpStatus }),
  };
}

function toCors({ allowOrigins = [], maxAge, allowCredentials, ...lists }: NonNullable<Policy['corsPolicy']>): Cors {
  return {
    allowOrigins: allowOrigins.flatMap((origin) => toTextMatch(origin) ?? []),
    allowMethods: lists.allowMethods ?? [],
    allowHeaders: lists.allowHeaders ?? [],
    exposeHeaders: lists.exposeHeaders ?? [],
    ...(maxAge !== undefined && { maxAgeMs: parseDuration(maxAge) }),
    ...(allowCredentials !== undefined && { allowCredentials }),
  };
}
