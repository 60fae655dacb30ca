import { parseInstant } from '../instant.ts';
import type { RawUrl } from './raw-url.ts';

const maxLifetimeSeconds = 604_800;

/** What the parameters of the signature say. */
export interface SignedParameters {
  readonly accessKeyId: string;
  /** `20261124` */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  /** `20261124T120000Z` */
  readonly dateTime: string;
  readonly signedAtMs: number;
  readonly lifetimeSeconds: number;
  readonly signedHeaders: readonly string[];
  readonly sessionToken: string | undefined;
  readonly signature: string;
}

/** The parameters, or in words what is wrong with them. Source: Signature Version 4, query parameters. */
export function readSignedParameters({ query }: RawUrl): SignedParameters | string {
  const values = new Map<string, string>();
  for (const { name, value } of query) {
    if (!/^x-amz-/i.test(name)) continue;
    if (values.has(name.toLowerCase())) return `${name} once`;
    values.set(name.toLowerCase(), value);
    if (!name.startsWith('X-Amz-') && isOwn(name)) return `${name} in the specification's spelling`;
  }
  const read = (name: string) => values.get(name.toLowerCase()) ?? '';
  if (read('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') return 'X-Amz-Algorithm=AWS4-HMAC-SHA256';
  const credential = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(read('X-Amz-Credential'));
  if (credential === null) return 'X-Amz-Credential=KEY/YYYYMMDD/REGION/SERVICE/aws4_request';
  const [, accessKeyId = '', day = '', region = '', service = ''] = credential;
  const signedAtMs = toMs(read('X-Amz-Date'));
  if (signedAtMs === undefined) return 'X-Amz-Date=YYYYMMDDTHHMMSSZ';
  if (!read('X-Amz-Date').startsWith(day)) return "X-Amz-Date on the day of the credential's scope";
  const expires = read('X-Amz-Expires');
  if (!/^[1-9]\d{0,5}$/.test(expires) || Number(expires) > maxLifetimeSeconds) {
    return `X-Amz-Expires from 1 to ${maxLifetimeSeconds}`;
  }
  const signedHeaders = read('X-Amz-SignedHeaders').split(';');
  if (
    !signedHeaders.includes('host') ||
    signedHeaders.join(';') !== [...new Set(signedHeaders)].toSorted().join(';')
  ) {
    return 'X-Amz-SignedHeaders sorted, each once, with host';
  }
  if (!/^[0-9a-f]{64}$/.test(read('X-Amz-Signature'))) return 'X-Amz-Signature of 64 lower-case hex digits';
  return {
    accessKeyId,
    day,
    region,
    service,
    dateTime: read('X-Amz-Date'),
    signedAtMs,
    lifetimeSeconds: Number(expires),
    signedHeaders,
    sessionToken: values.get('x-amz-security-token'),
    signature: read('X-Amz-Signature'),
  };
}

function isOwn(name: string): boolean {
  return /^x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token)$/i.test(name);
}

function toMs(dateTime: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(dateTime) ?? [];
  if (year === undefined) return undefined;
  try {
    return parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`, 'X-Amz-Date');
  } catch {
    // A day that the calendar does not have.
    return undefined;
  }
}
