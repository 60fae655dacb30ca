import type { Subject } from '@valetkey/core';
import { describe, expect, test } from 'vitest';

import { authSchema } from '../auth-schema.ts';
import { checkSubjectSpaces, toOwnSpace, type NamingSettings } from './subject-spaces.ts';

const algorithms = ['RS256'];
const jwt = (name: string, more: object = {}) => {
  const [issuer, jwksUrl] = [`https://${name}.example/`, `https://${name}.example/jwks`];
  return { kind: 'jwt', issuer, audience: 'valetkey', jwksUrl, algorithms, ...more };
};
const fixed = (id: string, more: object = {}) => ({ kind: 'static', id, sha256: 'ab'.repeat(32), ...more });
const cluster = (name: string, more: object = {}) => ({
  kind: 'kubernetes',
  audience: name,
  server: `https://${name}.example`,
  ...more,
});
const prefix = (subjectPrefix: string) => ({ subjectPrefix });
const parse = (entries: readonly object[]) => entries.map((entry) => authSchema.parse(entry));

describe('a configuration is taken', () => {
  test.each<[string, object[]]>([
    ['with one issuer', [jwt('a')]],
    ['with one issuer that stands there twice', [jwt('a'), jwt('a', { audience: 'second' })]],
    ['with many static tokens, two of them of one subject', [fixed('ann'), fixed('bob'), fixed('ann')]],
    ['with an issuer and anonymous callers', [jwt('a'), { kind: 'anonymous' }]],
    ['with an issuer and a cluster, whose subjects are of two kinds', [jwt('a'), cluster('east')]],
    [
      'with all issuers but one prefixed',
      [jwt('a'), jwt('b', prefix('b-')), fixed('ann', prefix('script-'))],
    ],
    ['with all clusters but one prefixed', [cluster('east'), cluster('west', prefix('west-'))]],
  ])('%s', (_title, entries) => {
    expect(() => checkSubjectSpaces(parse(entries), 'auth')).not.toThrow();
  });
});

describe('a configuration is refused', () => {
  test.each<[string, object[], object]>([
    [
      'with two issuers that name subjects alike',
      [jwt('a'), jwt('b')],
      {
        field: 'auth[1].subjectPrefix',
        expected: 'a prefix that tells the issuer "https://b.example/" from the issuer "https://a.example/"',
        got: 'none',
      },
    ],
    [
      'with an issuer and static tokens that name subjects alike',
      [{ kind: 'anonymous' }, fixed('ann'), jwt('a')],
      {
        field: 'auth[2].subjectPrefix',
        expected: 'a prefix that tells the issuer "https://a.example/" from static tokens',
        got: 'none',
      },
    ],
    [
      'with two clusters that name subjects alike',
      [cluster('east'), cluster('west')],
      { field: 'auth[1].subjectPrefix', got: 'none' },
    ],
    [
      'with one prefix for two issuers',
      [jwt('a', prefix('x-')), jwt('b', prefix('x-'))],
      { field: 'auth[1].subjectPrefix', got: '"x-"' },
    ],
    [
      'with a prefix that begins with another',
      [jwt('a', prefix('x')), jwt('b', prefix('x-'))],
      { field: 'auth[1].subjectPrefix', got: '"x-", where the other has "x"' },
    ],
    [
      'with two prefixes for one issuer',
      [jwt('a', prefix('x-')), jwt('a', { audience: 'second' })],
      {
        field: 'auth[1].subjectPrefix',
        expected: '"x-" for all of the issuer "https://a.example/"',
        got: 'none',
      },
    ],
    [
      'with a static id that looks like a name of the issuer',
      [jwt('a', prefix('web-')), fixed('web-ann')],
      { field: 'auth[1].id', expected: 'no id that begins with "web-", which is another\'s subjectPrefix' },
    ],
  ])('%s', (_title, entries, expected) => {
    expect(() => checkSubjectSpaces(parse(entries), 'auth')).toThrow(
      expect.objectContaining({ code: 'invalid-configuration', ...expected }),
    );
  });

  test.each(['', '-x', 'x/', 'x y', 'ü', 'x'.repeat(33)])('for a prefix %j', (subjectPrefix) => {
    expect(authSchema.safeParse(jwt('a', { subjectPrefix })).success).toBe(false);
  });
});

test('a prefix stands in front of a service account’s namespace too, wherever policies look for it', () => {
  const entries = parse([cluster('east'), cluster('west', prefix('west-'))]);
  const [east, west] = entries.filter((entry): entry is NamingSettings => entry.kind !== 'anonymous');
  const account = (namespace: string): Subject => ({
    kind: 'serviceAccount',
    id: `${namespace}/app`,
    namespace,
    claims: { namespace, serviceAccount: 'app' },
  });
  if (east === undefined || west === undefined) throw new Error('there are two clusters');
  expect(toOwnSpace(account('prod'), west, entries)).toEqual({
    kind: 'serviceAccount',
    id: 'west-prod/app',
    namespace: 'west-prod',
    claims: { namespace: 'west-prod', serviceAccount: 'app' },
  });
  expect(toOwnSpace(account('prod'), east, entries)).toEqual(account('prod'));
  expect(toOwnSpace(account('west-prod'), east, entries)).toBeUndefined();
});
