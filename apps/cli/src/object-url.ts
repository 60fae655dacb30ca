import { parseBucket, parseKey, quote, ValetkeyError } from '@valetkey/core';

/** Bucket and key; whether the store keeps odd slashes apart is checked later. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Takes `s3://bucket/key` apart. Nothing is decoded: a percent sign belongs to the key.
 * @throws ValetkeyError `invalid-bucket`, `invalid-key`
 */
export function parseObjectUrl(text: string): ObjectName {
  if (/^https?:\/\//i.test(text)) {
    throw new ValetkeyError('invalid-key', {
      field: 'object',
      expected: 's3://BUCKET/KEY',
      got: 'an HTTP URL',
      hint: 'What a presigned URL opens is had with valetkey get, and sent to with valetkey put.',
    });
  }
  const [, bucket, key] = /^([^/]*)\/(.*)$/s.exec(text.replace(/^s3:\/\//, '')) ?? [];
  if (bucket !== undefined && key !== undefined) {
    return {
      bucket: parseBucket(bucket, 'bucket'),
      key: parseKey(key, 'key', { syntax: 'raw', slashes: 'exact' }),
    };
  }
  throw new ValetkeyError('invalid-key', {
    field: 'object',
    expected: 's3://BUCKET/KEY',
    got: quote(text),
  });
}
