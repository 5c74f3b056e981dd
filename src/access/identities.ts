/** The identities in a certificate: the subject alternative names that clients of meshes have. */
import type { X509Certificate } from 'node:crypto';

/** An entry of `subjectAltName`: Node.js quotes values with special characters as JSON. https://nodejs.org/api/crypto.html#x509subjectaltname */
const ENTRY = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g;

/**
 * Longer ones are not looked at: a SPIFFE ID has at most 2 048 bytes.
 * https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md#23-maximum-spiffe-id-length
 */
export const MAX_IDENTITY_LENGTH = 2_048;

/** URIs as they are (`spiffe://…`), then DNS names as `dns:NAME`, in lower case. Other names are not identities. */
export function certificateIdentities({
  subjectAltName = '',
}: Pick<X509Certificate, 'subjectAltName'>): readonly string[] {
  const entries = [...subjectAltName.matchAll(ENTRY)].map(([, type = '', text = '']) => ({
    type,
    value: unquoted(text),
  }));
  const uris = entries.filter(({ type }) => type === 'URI').map(({ value }) => value);
  const names = entries.filter(({ type }) => type === 'DNS').map(({ value }) => `dns:${value.toLowerCase()}`);
  return [...uris, ...names].filter(({ length }) => length <= MAX_IDENTITY_LENGTH);
}

function unquoted(text: string): string {
  return text.startsWith('"') ? String(JSON.parse(text)) : text;
}
