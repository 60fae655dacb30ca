/** What may be written in a rule, at its bounds. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { ruleFields } from './rule.ts';

const schema = z.strictObject(ruleFields);
const least = { actions: ['download'], keys: ['a'] };

/** The path and message of the first thing that is wrong, or nothing. */
function problemOf(change: object): string | undefined {
  const [issue] = schema.safeParse({ ...least, ...change }).error?.issues ?? [];
  return issue && `${issue.path.join('.')}: ${issue.message}`;
}

const durations = 'hours, minutes and seconds such as 90m or 1h30m';
const sizes = 'whole bytes with an optional unit, such as 5Mi';
const times = (count: number, value: unknown = 'a') => Array.from({ length: count }, () => value);

describe('allowed', () => {
  test.each<object>([
    {},
    { actions: ['download', 'upload', 'list', 'delete'] },
    { keys: times(64) },
    { keys: ['x'.repeat(1024)] },
    { exceptKeys: [] },
    { exceptKeys: times(64) },
    { keySyntax: 'strict' },
    { keySyntax: 'raw' },
    ...['1h', '1m', '1s', '1h30m', '1h1s', '10m10s', '123456789012345s'].map((max) => ({
      lifetime: { default: max, max },
    })),
    { upload: {}, download: {} },
    ...[0, 5, '0', '5', '5Ki', '5Mi', '5Gi', '5Ti', '123456789012345Ti'].map((size) => ({
      upload: { maxSize: size, minSize: size, multipartThreshold: size, partSize: size },
    })),
    { upload: { partSize: 'auto', session: '24h', overwrite: true, maxFiles: 1 } },
    { upload: { maxFiles: 1000, overwrite: false } },
    { upload: { contentTypes: times(64, 'a/b') } },
    { upload: { contentTypes: ['x'.repeat(255)] } },
    ...['none', 'optional', 'required'].map((checksum) => ({ upload: { checksum } })),
    { upload: { metadata: [] } },
    { upload: { headers: [] } },
    { upload: { headers: ['content-disposition', 'cache-control'] } },
    { upload: { metadata: times(32) } },
    { upload: { metadata: ['x'.repeat(64), 'a-0'] } },
    { download: { disposition: 'inline', cacheWindow: '1h', requireVersionId: true } },
    { download: { disposition: 'attachment' } },
  ])('%j', (change) => {
    expect(problemOf(change)).toBeUndefined();
  });
});

describe('refused', () => {
  test.each<readonly [object, string, string]>([
    [{ actions: [] }, 'actions', ''],
    [{ actions: times(5, 'list') }, 'actions', ''],
    [{ actions: ['read'] }, 'actions.0', ''],
    [{ keys: [] }, 'keys', ''],
    [{ keys: times(65) }, 'keys', ''],
    [{ keys: [''] }, 'keys.0', 'a pattern of at least one segment'],
    [{ keys: ['x'.repeat(1025)] }, 'keys.0', ''],
    [{ exceptKeys: times(65) }, 'exceptKeys', ''],
    [{ keySyntax: 'loose' }, 'keySyntax', ''],
    ...['xs', '1h1', '1h 1m', 'h1', '30', '1d', '1m1h', 'x1h', '1hx', '-1h', '1.5h'].map(
      (max) => [{ lifetime: { max } }, 'lifetime.max', durations] as const,
    ),
    [{ lifetime: { max: '1' } }, 'lifetime.max', ''],
    [{ lifetime: { max: '1234567890123456h' } }, 'lifetime.max', ''],
    [{ lifetime: {} }, 'lifetime.max', ''],
    [{ lifetime: { max: '1h', min: '1m' } }, 'lifetime', ''],
    [{ upload: { maxSize: -1 } }, 'upload.maxSize', ''],
    ...[1.5, '', 'x', 'x5', '5x', '5K', '5KiB', '1234567890123456', '5 Mi', true].map(
      (maxSize) => [{ upload: { maxSize } }, 'upload.maxSize', sizes] as const,
    ),
    [{ upload: { partSize: 'all' } }, 'upload.partSize', sizes],
    [{ upload: { partSize: true } }, 'upload.partSize', 'auto, or bytes such as 16Mi'],
    [{ upload: { partSize: -1 } }, 'upload.partSize', ''],
    [{ upload: { maxFiles: 0 } }, 'upload.maxFiles', ''],
    [{ upload: { maxFiles: 1001 } }, 'upload.maxFiles', ''],
    [{ upload: { contentTypes: [] } }, 'upload.contentTypes', ''],
    [{ upload: { contentTypes: times(65, 'a/b') } }, 'upload.contentTypes', ''],
    [{ upload: { contentTypes: ['ab'] } }, 'upload.contentTypes.0', ''],
    [{ upload: { contentTypes: ['x'.repeat(256)] } }, 'upload.contentTypes.0', ''],
    [{ upload: { checksum: '' } }, 'upload.checksum', ''],
    [{ upload: { metadata: times(33) } }, 'upload.metadata', ''],
    ...['', 'A', 'a_b', '!a', 'a!', 'x'.repeat(65)].map(
      (name) => [{ upload: { metadata: [name] } }, 'upload.metadata.0', ''] as const,
    ),
    [{ upload: { headers: ['content-encoding'] } }, 'upload.headers.0', ''],
    [{ upload: { headers: times(3, 'cache-control') } }, 'upload.headers', ''],
    [{ upload: { session: '1d' } }, 'upload.session', durations],
    [{ upload: { sise: 1 } }, 'upload', ''],
    [{ download: { disposition: '' } }, 'download.disposition', ''],
    [{ download: { cache: '1h' } }, 'download', ''],
    [{ rule: {} }, '', ''],
  ])('%j', (change, path, message) => {
    expect(problemOf(change)).toMatch(new RegExp(`^${path.replaceAll('.', String.raw`\.`)}: `));
    expect(problemOf(change)).toContain(message);
  });
});
