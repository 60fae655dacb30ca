import { ValetkeyError } from '../errors.ts';
import type { Endpoint } from '../grammar/endpoint.ts';
import { uriEncodePath } from './uri-encode.ts';

/**
 * Where a bucket stands in a URL. `by-bucket`: in the host, unless the bucket's dots would break a TLS
 * certificate or the host is an address, as the AWS SDK does it.
 * @public
 */
export type Addressing = 'virtual' | 'path' | 'by-bucket';

/** One object's place, as it is signed and as it is sent. */
export interface ObjectAddress {
  readonly origin: string;
  readonly host: string;
  readonly path: string;
}

/**
 * The place of `key` in `bucket`, both already checked.
 * @throws ValetkeyError `invalid-configuration`, `invalid-bucket` for a bucket that the endpoint cannot name
 */
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

function isVirtual({ kind }: Endpoint, addressing: Addressing, bucket: string): boolean {
  if (kind === 'accelerate') return checkAccelerate(addressing, bucket);
  if (addressing === 'path') return false;
  if (addressing === 'virtual') {
    if (kind !== 'address') return true;
    throw new ValetkeyError('invalid-configuration', {
      field: 'addressing',
      expected: 'path, because the endpoint is an IP address',
      got: 'virtual',
    });
  }
  return kind === 'name' && !bucket.includes('.');
}

/** Source: Amazon S3 User Guide, "Requirements for using Transfer Acceleration". */
function checkAccelerate(addressing: Addressing, bucket: string): true {
  if (addressing === 'path') {
    throw new ValetkeyError('invalid-configuration', {
      field: 'addressing',
      expected: 'virtual, because the accelerate endpoint knows no other',
      got: 'path',
    });
  }
  if (!bucket.includes('.')) return true;
  throw new ValetkeyError('invalid-bucket', {
    field: 'bucket',
    expected: 'a name without dots, because of the accelerate endpoint',
    got: bucket,
  });
}
