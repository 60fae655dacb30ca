import type { Endpoint } from '../grammar/endpoint.ts';
import { uriEncodePath } from './uri-encode.ts';

/**
 * Where a bucket stands in a URL. `by-bucket`: in the host, unless the bucket's dots would break the TLS
 * certificate or the host is an address.
 * @public
 */
export type Addressing = 'virtual' | 'path' | 'by-bucket';

/** One object's place, as it is signed and as it is sent. */
export interface ObjectAddress {
  readonly origin: string;
  readonly host: string;
  readonly path: string;
}

/** The place of `key` in `bucket`, both already checked. */
export function toObjectAddress(
  endpoint: Endpoint,
  addressing: Addressing,
  bucket: string,
  key: string,
): ObjectAddress {
  const { scheme, hostname, port, basePath } = endpoint;
  const encodedKey = uriEncodePath(key);
  if (isVirtual(endpoint, addressing, bucket)) {
    const host = `${bucket}.${hostname}${port}`;
    return { origin: `${scheme}://${host}`, host, path: `${basePath}/${encodedKey}` };
  }
  const host = `${hostname}${port}`;
  return { origin: `${scheme}://${host}`, host, path: `${basePath}/${bucket}/${encodedKey}` };
}

function isVirtual(endpoint: Endpoint, addressing: Addressing, bucket: string): boolean {
  if (addressing !== 'by-bucket') return addressing === 'virtual';
  return !endpoint.isAddress && !(endpoint.scheme === 'https' && bucket.includes('.'));
}
