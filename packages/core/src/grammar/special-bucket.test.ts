import { expect, test } from 'vitest';

import { parseSpecialBucket } from './special-bucket.ts';

const account = '123456789012';
const point = (name: string, region = 'eu-central-1', partition = 'aws') =>
  `arn:${partition}:s3:${region}:${account}:accesspoint/${name}`;

test.each([
  [point('reports'), 'eu-central-1'],
  [point('abc'), 'eu-central-1'],
  [point(`a${'-'.repeat(48)}9`), 'eu-central-1'],
  [point('reports').replace('accesspoint/', 'accesspoint:'), 'eu-central-1'],
  [point('reports', 'cn-north-1', 'aws-cn'), 'cn-north-1'],
  [point('reports', 'us-gov-west-1', 'aws-us-gov'), 'us-gov-west-1'],
  [point('reports', 'r'.repeat(32)), 'r'.repeat(32)],
  [point('reports', 'r', `aws-${'a'.repeat(16)}`), 'r'],
])('%s is an access point of %s', (arn, region) => {
  expect(parseSpecialBucket(arn, 'x')).toEqual({ kind: 'access-point', arn, region });
});

test.each(['mfzwi23gnjvgw.mrap', 'a.mrap', `${'9'.repeat(40)}.mrap`])(
  '%s is the alias of a multi-region access point',
  (alias) => {
    for (const sign of ['/', ':']) {
      const arn = `arn:aws:s3::${account}:accesspoint${sign}${alias}`;
      expect(parseSpecialBucket(arn, 'x')).toEqual({ kind: 'multi-region', arn, alias });
    }
  },
);

test.each(['a--euc1-az1--x-s3', 'my-data--usw2-az9--x-s3', `${'a'.repeat(41)}--${'e'.repeat(10)}-az1--x-s3`])(
  '%s is a directory bucket',
  (bucket) => {
    expect(parseSpecialBucket(bucket, 'x')).toEqual({ kind: 'directory', bucket });
  },
);

test.each<unknown>([
  undefined,
  7,
  ['a--euc1-az1--x-s3'],
  '',
  'reports',
  point(''),
  point('ab'),
  point('-abc'),
  point('abc-'),
  point('aBc'),
  point('a.c'),
  point(`a${'-'.repeat(49)}9`),
  point('abc', ''),
  point('abc', 'EU'),
  point('abc', 'r'.repeat(33)),
  point('abc', 'r', 'gcp'),
  point('abc', 'r', 'aws-'),
  point('abc', 'r', 'aws-9'),
  point('abc', 'r', `aws-${'a'.repeat(17)}`),
  ` ${point('abc')}`,
  `${point('abc')} `,
  `${point('abc')}/object`,
  point('abc').replace('accesspoint/', 'accesspointx'),
  point('abc').replace(account, '12345678901'),
  point('abc').replace(account, '1234567890123'),
  point('abc').replace(account, 'a23456789012'),
  point('abc').replace(':s3:', ':s3-outposts:'),
  `arn:aws:s3::${account}:accesspoint/.mrap`,
  `arn:aws:s3::${account}:accesspoint/A.mrap`,
  `arn:aws:s3::${account}:accesspoint/axmrap`,
  `arn:aws:s3::${account}:accesspoint/a-b.mrap`,
  `arn:aws:s3::${account}:accesspointxa.mrap`,
  `arn:aws:s3::12:accesspoint/a.mrap`,
  `arn:aws:s3::a23456789012:accesspoint/a.mrap`,
  `arn:aws:s3::${account}:accesspoint/${'a'.repeat(41)}.mrap`,
  ` arn:aws:s3::${account}:accesspoint/a.mrap`,
  `arn:aws:s3::${account}:accesspoint/a.mrapx`,
  'x a--euc1-az1--x-s3',
  '-a--euc1-az1--x-s3',
  'A--euc1-az1--x-s3',
  'a_b--euc1-az1--x-s3',
  'a--euc1-az1--x-s3x',
  'a--euc1-azx--x-s3',
  'a--EUC1-az1--x-s3',
  'a---az1--x-s3',
  `${'a'.repeat(41)}--${'e'.repeat(11)}-az1--x-s3`,
  `a--${'e'.repeat(17)}-az1--x-s3`,
])('%j is none of them, and told so', (input) => {
  expect(() => parseSpecialBucket(input, 'stores.media.specialBuckets.x')).toThrow(
    expect.objectContaining({
      code: 'invalid-bucket',
      field: 'stores.media.specialBuckets.x',
      expected: expect.stringMatching(
        /^the ARN of an access point .* directory bucket \(name--euc1-az1--x-s3\)$/,
      ),
      got: expect.stringMatching(/./),
    }),
  );
});
