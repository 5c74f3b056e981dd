/** Formats of fields, in the keywords of structural schemas. Regular expressions are those of Go: https://github.com/google/re2/wiki/Syntax */

interface Keywords {
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const FORMATS: Readonly<Record<string, Keywords>> = {
  /** A DNS name. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
  hostname: { pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', maxLength: 253 },
  port: { minimum: 1, maximum: 65_535 },
  /** A protocol in any case. Empty: the default. */
  protocol: { pattern: '(?i)^(HTTP|HTTPS|GRPC|HTTP2|MONGO|TCP|TLS)?$' },
};

/** @throws Error for an unknown format */
export function keywordsOf(format: string): Keywords {
  const keywords = FORMATS[format];
  if (keywords === undefined) throw new Error(`no format ${format}`);
  return keywords;
}
