import type { RawUrl } from './raw-url.ts';

/** Which bucket and key a URL means. */
export interface UrlAddress {
  readonly bucket: string;
  readonly key: string;
  readonly addressing: 'virtual' | 'path' | 'guessed';
  /** Region that the host names; absent for the global endpoint and for other stores. */
  readonly hostRegion: string | undefined;
  readonly isGlobal: boolean;
}

const awsHost =
  /^(?:(?<bucket>.+)\.)?(?:s3|s3-fips)(?:[.-]dualstack)?(?:[.-](?<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/;

/** Reads host and path as S3 does; of another host the first segment is taken for the bucket. */
export function toUrlAddress({ host, path }: RawUrl): UrlAddress {
  const groups = awsHost.exec(host.replace(/:\d+$/, ''))?.groups;
  const rest = path.replace(/^\//, '');
  const hostRegion = groups?.['region'];
  const isGlobal = groups !== undefined && hostRegion === undefined;
  const bucket = groups?.['bucket'];
  if (bucket !== undefined) return { bucket, key: rest, addressing: 'virtual', hostRegion, isGlobal };
  const slash = rest.indexOf('/');
  const [first, key] = slash < 0 ? [rest, ''] : [rest.slice(0, slash), rest.slice(slash + 1)];
  return { bucket: first, key, addressing: groups === undefined ? 'guessed' : 'path', hostRegion, isGlobal };
}
