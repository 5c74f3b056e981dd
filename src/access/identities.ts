/** The identities in a certificate: the subject alternative names that clients of meshes have. */
import type { X509Certificate } from 'node:crypto';
import type { Identities } from './client-policy.js';

/** An entry of `subjectAltName`: Node.js quotes values with special characters as JSON. https://nodejs.org/api/crypto.html#x509subjectaltname */
const ENTRY = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g;

/**
 * Longer ones are not looked at: a SPIFFE ID has at most 2 048 bytes.
 * https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md#23-maximum-spiffe-id-length
 */
export const MAX_IDENTITY_LENGTH = 2_048;

/**
 * URIs as they are (`spiffe://…`), then DNS names as `dns:NAME` in lower case, and the fingerprint of the certificate as `sha256:HEX`, so that
 * certificates without names are different clients. Other names are not identities.
 */
export function certificateIdentities({
  subjectAltName = '',
  fingerprint256,
}: Pick<X509Certificate, 'subjectAltName' | 'fingerprint256'>): Identities {
  const entries = [...subjectAltName.matchAll(ENTRY)].map(([, type = '', text = '']) => ({
    type,
    value: unquoted(text),
  }));
  const uris = entries.filter(({ type }) => type === 'URI').map(({ value }) => value);
  const names = entries.filter(({ type }) => type === 'DNS').map(({ value }) => `dns:${value.toLowerCase()}`);
  const fingerprint = `sha256:${fingerprint256.replaceAll(':', '').toLowerCase()}`;
  const [first = fingerprint, ...others] = [...uris, ...names].filter(({ length }) => length <= MAX_IDENTITY_LENGTH);
  return first === fingerprint ? [first] : [first, ...others, fingerprint];
}

function unquoted(text: string): string {
  return text.startsWith('"') ? String(JSON.parse(text)) : text;
}
