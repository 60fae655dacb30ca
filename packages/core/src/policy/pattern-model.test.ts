/** Patterns beside a model of them: a regular expression that says the same, slowly. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { generateKey, type KeySources } from './generate-key.ts';
import { compileKeyPattern } from './key-pattern.ts';
import { evaluateList } from './list-scope.ts';
import { isExcepted, matchesAnyKey, matchesFolder, matchesKey } from './match-key.ts';
import { boundValueOf, isBoundVariable, isFreeVariable, isValueOf } from './pattern-variable.ts';
import { compilePolicy } from './policy.ts';
import type { Subject } from './subject.ts';

const uuid = '0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f';
const ann: Subject = { kind: 'user', id: 'ann', claims: { team: 'x', list: ['x'], bad: 'a/b' } };
const pod: Subject = { kind: 'serviceAccount', id: 'pod', claims: {}, namespace: 'ml', share: 'weights' };

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const models: Readonly<Record<string, string>> = {
  '{uuid}': '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  '{date}': String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`,
  '{any}': String.raw`(?:[^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+)`,
  '{name}': String.raw`(?:[\p{L}\p{M}\p{N}_-][\p{L}\p{M}\p{N}._-]*|\.[\p{L}\p{M}\p{N}_-][\p{L}\p{M}\p{N}._-]*|\.\.[\p{L}\p{M}\p{N}._-]+)`,
  '{ext}': String.raw`(?:\.[a-z0-9]{1,10})?`,
  '{rest}': '[^]*[^/][^]*',
  '{sub}': 'ann',
  '{claims.team}': 'x',
  '{claims.none}': '(?!)',
};
const modelOf = (pattern: string) =>
  new RegExp(
    `^${pattern
      .split(/(\{[^}]*\})/)
      .map((part) => models[part] ?? escaped(part))
      .join('')}$`,
    'u',
  );

const part = fc.constantFrom('{sub}', '{claims.team}', '{claims.none}', '{date}', 'a', 'n', '-', '.', 'an');
const varying = fc.option(fc.constantFrom('{any}', '{ext}'), { nil: '' });
const segment = fc
  .tuple(fc.array(part, { maxLength: 2 }), varying, fc.array(part, { maxLength: 2 }))
  .map(([before, middle, after]) => before.join('') + middle + after.join(''));
const pattern = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([segments, rest]) => [...segments, ...(rest ? ['{rest}'] : [])].join('/'))
  .filter((text) => compiled(text) !== undefined);
const key = fc
  .array(fc.constantFrom('a', 'n', 'ann', 'x', '-', '.', '..', '/', '//', '.png', '2026-11-24'), {
    maxLength: 9,
  })
  .map((pieces) => pieces.join(''));

function compiled(text: string) {
  try {
    return compileKeyPattern(text, 'keys[0]');
  } catch {
    return undefined;
  }
}
const matches = (text: string, asked: string, subject: Subject = ann) =>
  matchesKey(compileKeyPattern(text, 'keys[0]'), asked, subject);

describe('matching', () => {
  test('is what the model says', () => {
    let matched = 0;
    fc.assert(
      fc.property(pattern, key, (text, asked) => {
        const answer = matches(text, asked);
        matched += answer ? 1 : 0;
        expect(answer).toBe(modelOf(text).test(asked));
      }),
      { numRuns: 6000, seed: 20_261_124 },
    );
    expect(matched).toBeGreaterThan(20);
  });

  test.each<[string, string, boolean]>([
    ['a/{any}', 'a/', false],
    ['a/{any}', 'a', false],
    ['a', 'a/', false],
    ['a', 'a/b', false],
    ['a/b', 'a', false],
    ['{any}', '..', false],
    ['{any}', '.', false],
    ['{any}', '...', true],
    ['{any}a', '..a', false],
    ['{any}a', '...a', true],
    ['{rest}', '/', false],
    ['{rest}', '//a', true],
    ['a/{rest}', 'a/', false],
    ['a/{rest}', 'a//', false],
    ['a/{rest}', 'a/b', true],
    ['a/{rest}', 'a/b/c/', true],
    ['a{any}b', 'ab', false],
    ['a{any}b', 'axb', true],
    ['a{any}ba', 'aba', false],
    ['a{ext}b', 'ab', true],
    ['a{ext}b', 'a.pngb', true],
    ['a{ext}a', 'a', false],
    ['{any}{uuid}', uuid, false],
    ['{any}{uuid}', `x${uuid}`, true],
    ['{uuid}', uuid.toUpperCase(), false],
    ['{uuid}', `${uuid.slice(0, -1)}g`, false],
    ['{uuid}', `x${uuid.slice(1)}`, false],
    ['{date}', '2026-11-24', true],
    ['{date}', '2026-01-09', true],
    ['{date}', '2026-12-31', true],
    ['{date}', '2026-10-30', true],
    ['{date}', '2026-13-01', false],
    ['{date}', '2026-00-01', false],
    ['{date}', '2026-01-00', false],
    ['{date}', '2026-01-32', false],
    ['{date}', 'x026-01-01', false],
    ['{name}', 'é_1.-', true],
    ['{name}', '..', false],
    ['{name}', '...', true],
    ['{name}', '..a', true],
    ['{name}', 'a b', false],
    ['{name}', 'a'.repeat(100), true],
    ['{name}', 'a'.repeat(101), false],
    ['{name}', 'é'.repeat(51), false],
    ['x{ext}', 'x.PNG', false],
    ['x{ext}', 'x.', false],
    ['x{ext}', `x.${'a'.repeat(10)}`, true],
    ['x{ext}', `x.${'a'.repeat(11)}`, false],
    ['{sub}', 'ann', true],
    ['{sub}', 'anna', false],
    ['{sub}/{any}', 'bob/ann', false],
    ['{claims.list}', 'x', false],
    ['{claims.bad}', 'a/b', false],
    ['{claims.toString}', 'x', false],
    ['{namespace}', 'undefined', false],
    ['{claims.none}', '', false],
  ])('%s of %s: %s', (text, asked, expected) => {
    expect(matches(text, asked)).toBe(expected);
  });

  test('the place of a ServiceAccount is its own, and nobody else has one', () => {
    expect(matches('{namespace}/{share}/{any}', 'ml/weights/a', pod)).toBe(true);
    expect(matches('{namespace}/{share}/{any}', 'ml/other/a', pod)).toBe(false);
    expect(matches('{namespace}/{any}', 'ml/a')).toBe(false);
    expect(matches('{share}/{any}', 'weights/a')).toBe(false);
    expect([boundValueOf('namespace', pod), boundValueOf('share', pod)]).toEqual(['ml', 'weights']);
    expect([boundValueOf('namespace', ann), boundValueOf('share', ann)]).toEqual([undefined, undefined]);
  });

  test('the hash of one subject is never told as that of another', () => {
    const of = (id: string) => boundValueOf('subHash', { kind: 'user', id, claims: {} });
    const first = of('https://id.example/1');
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(of('https://id.example/2')).not.toBe(first);
    expect(of('https://id.example/1')).toBe(first);
    expect(of('')).toMatch(/^e3b0c44298fc1c149afbf4c8996fb924$/);
  });

  test('one of several patterns is enough, and none is none', () => {
    const patterns = ['a', 'b'].map((text) => compileKeyPattern(text, 'k'));
    expect([matchesAnyKey(patterns, 'b', ann), matchesAnyKey(patterns, 'c', ann)]).toEqual([true, false]);
    expect(matchesAnyKey([], 'a', ann)).toBe(false);
  });
});

describe('a folder', () => {
  test('may be shown exactly when a matching key could lie in it', () => {
    fc.assert(
      fc.property(pattern, key, (text, asked) => {
        const slash = asked.lastIndexOf('/');
        fc.pre(slash >= 0 && !asked.includes('//') && !asked.startsWith('/'));
        if (matches(text, asked)) {
          const folder = asked.slice(0, asked.endsWith('/') ? undefined : slash + 1);
          expect(matchesFolder(compileKeyPattern(text, 'k'), folder, ann) || asked.endsWith('/')).toBe(true);
        }
      }),
      { numRuns: 2000, seed: 20_261_124 },
    );
  });

  test.each<[string, string, boolean]>([
    ['a/b/{any}', 'a/', true],
    ['a/b/{any}', 'a/b/', true],
    ['a/b/{any}', 'a/b/c/', false],
    ['a/b/{any}', 'x/', false],
    ['a/{rest}', 'a/b/c/', true],
    ['a/{rest}', 'b/', false],
    ['{rest}', 'x/y/', true],
    ['{sub}/{any}', 'ann/', true],
    ['{sub}/{any}', 'bob/', false],
    ['a', 'a/', false],
  ])('of %s: %s %s', (text, folder, expected) => {
    expect(matchesFolder(compileKeyPattern(text, 'k'), folder, ann)).toBe(expected);
  });
});

describe('an exception', () => {
  const excepted = (patterns: readonly string[], asked: string, subject: Subject = ann) =>
    isExcepted({ exceptKeys: patterns.map((text) => compileKeyPattern(text, 'k')) }, asked, subject);

  test.each<[readonly string[], string, boolean]>([
    [[], 'a/b', false],
    [['a/{rest}'], 'a/b', true],
    [['a/{rest}'], 'b/a', false],
    [['x', 'a/{rest}'], 'a/b', true],
    [['x', 'a/{rest}'], 'x', true],
    [['a/{rest}'], '/a/b', true],
    [['a/{rest}'], 'a//b', true],
    [['a/b'], 'a///b', true],
    [['a/b'], '//a/b', true],
    [['a/b'], 'ab', false],
    [['{claims.none}/x'], 'y', true],
    [['a/{claims.none}'], 'y', true],
    [['z', 'x{claims.none}'], 'y', true],
    [['{claims.team}/{any}'], 'x/1', true],
    [['{claims.team}/{any}'], 'y/1', false],
  ])('%j and %s: %s', (patterns, asked, expected) => {
    expect(excepted(patterns, asked)).toBe(expected);
  });
});

describe('a pattern', () => {
  const refusal = (text: string, rules = {}): unknown => {
    try {
      return compileKeyPattern(text, 'keys[0]', rules);
    } catch (error) {
      return error;
    }
  };

  test.each([
    ['', 'a pattern of at least one segment; an empty one would match nothing'],
    ['a'.repeat(1025), 'at most 1024 characters'],
    ['a//b', 'no empty segment, and no leading or trailing slash'],
    ['{a', 'braces only around the name of a variable'],
    ['a}', 'braces only around the name of a variable'],
    ['{{sub}}', 'braces only around the name of a variable'],
    [
      '{any}{name}',
      'at most one of {any}, {name} and {ext} in a segment, so that there is one way to match it',
    ],
    ['{rest}/{rest}', '{rest} alone in the last segment'],
    [
      '{}',
      'variables of {sub}, {subHash}, {claims.NAME}, {namespace}, {share}, {uuid}, {date}, {any}, {name}, {ext}, {rest}',
    ],
  ])('%s is refused: %s', (text, expected) => {
    expect(refusal(text)).toMatchObject({ code: 'invalid-policy', field: 'keys[0]', expected });
  });

  test('of 1024 characters is taken, if its segments are short enough', () => {
    const longest = `${'a'.repeat(255)}/`.repeat(4).slice(0, 1023);
    expect(compileKeyPattern(longest, 'k').text).toBe(longest);
    expect(refusal('a'.repeat(256))).toMatchObject({
      expected: 'at most 255 bytes of UTF-8 between slashes',
    });
    const raw = { syntax: 'raw' } as const;
    expect(compileKeyPattern('a'.repeat(1024), 'k', raw).literalPrefix).toHaveLength(1024);
  });

  test('that breaks the grammar of keys says how, and what it held', () => {
    expect(refusal('a/../{sub}')).toMatchObject({ expected: 'no "." or ".." segment', got: '"a/../x"' });
  });

  test.each([
    ['a/b', 'a/b'],
    ['a/{sub}', 'a/'],
    ['a/b{sub}c', 'a/b'],
    ['{sub}/a', ''],
    ['a/{rest}', 'a/'],
    ['{rest}', ''],
    ['a/b/{any}/c/{rest}', 'a/b/'],
  ])('%s begins with %j', (text, literalPrefix) => {
    expect(compileKeyPattern(text, 'k')).toMatchObject({
      literalPrefix,
      endsWithRest: text.endsWith('{rest}'),
    });
  });

  test('knows its variables and no others', () => {
    for (const name of ['uuid', 'date', 'any', 'name', 'ext', 'rest'])
      expect(isFreeVariable(name)).toBe(true);
    for (const name of ['sub', 'subHash', 'namespace', 'share', 'claims.a-B_1'])
      expect(isBoundVariable(name)).toBe(true);
    for (const name of [
      '',
      'Sub',
      'claims',
      'claims.',
      'xclaims.a',
      'claims.a.b',
      `claims.${'a'.repeat(65)}`,
    ]) {
      expect([isFreeVariable(name), isBoundVariable(name)]).toEqual([false, false]);
    }
    expect(isValueOf('uuid', `${uuid}0`) || isValueOf('uuid', `0${uuid}`)).toBe(false);
    expect(isValueOf('date', '2026-11-240') || isValueOf('date', '02026-11-24')).toBe(false);
  });
});

describe('a key that is made', () => {
  const made = (text: string, change: Partial<KeySources>) =>
    generateKey(compileKeyPattern(text, 'k'), {
      subject: ann,
      newUuid: () => uuid,
      today: '2026-11-24',
      ...change,
    });

  test.each<[string, Partial<KeySources>, string | undefined]>([
    ['{any}', { fileName: 'a' }, undefined],
    ['a/{rest}', {}, undefined],
    ['{name}', {}, undefined],
    ['{name}', { fileName: '' }, 'file'],
    ['{name}', { fileName: '..' }, 'file'],
    ['{name}', { fileName: 'C:\\dir\\a b  c.txt' }, 'a-b-c.txt'],
    ['{name}', { fileName: '/etc/x.tar.gz' }, 'x.tar.gz'],
    ['{name}', { fileName: `${'a'.repeat(120)}.png` }, `${'a'.repeat(96)}.png`],
    ['{name}', { fileName: `a.png${'b'.repeat(100)}` }, `a.png${'b'.repeat(95)}`],
    ['x{ext}', {}, 'x'],
    ['x{ext}', { fileName: 'a' }, 'x'],
    ['x{ext}', { fileName: 'A.PNG' }, 'x.png'],
    ['x{ext}', { fileName: 'a.png.txt', contentType: 'text/plain' }, 'x.txt'],
    ['x{ext}', { fileName: 'a.png ' }, 'x'],
    ['x{ext}', { fileName: 'a.png', contentType: 'image/png' }, 'x.png'],
    ['x{ext}', { fileName: 'a.png', contentType: ' Image/PNG ; q=1' }, 'x.png'],
    ['x{ext}', { fileName: 'a.html', contentType: 'image/png' }, 'x'],
    ['{date}/{uuid}', {}, `2026-11-24/${uuid}`],
    ['{claims.none}/x', {}, undefined],
  ])('%s of %j', (text, change, expected) => {
    expect(made(text, change)).toBe(expected);
  });
});

describe('a listing', () => {
  const list = (keys: readonly string[], asked: string | undefined, change = {}) =>
    evaluateList(
      compilePolicy(
        {
          name: 'p',
          subjects: [{ kind: 'user' }],
          stores: ['s'],
          buckets: ['user-media'],
          rule: { actions: ['list', 'download'], keys: [...keys], lifetime: { max: '5m' }, ...change },
        },
        'policies[0]',
      ),
      ann,
      asked,
    );

  test.each([
    [['a/{rest}'], 'b/', { code: 'key-not-allowed', field: 'prefix', expected: '"a/"', got: '"b/"' }],
    [['a/{rest}', 'c/{rest}'], 'b/', { expected: '"a/" or "c/"' }],
    [['a/{rest}'], 'a/../b/', { got: '"a/../b/"' }],
    [['{claims.none}/{rest}'], undefined, { expected: 'a subject whose prefix is known', got: '""' }],
    [['{claims.none}/{rest}'], 'a/', { expected: 'a subject whose prefix is known', got: '"a/"' }],
  ])('of %j at %s is denied', (keys, asked, denial) => {
    expect(list(keys, asked)).toMatchObject({ allowed: false, denial: { policy: 'p', ...denial } });
  });

  test('needs the action, and a subject that is selected', () => {
    expect(list(['a/{rest}'], 'a/', { actions: ['download', 'delete'] })).toEqual({
      allowed: false,
      denial: {
        policy: 'p',
        code: 'method-not-allowed',
        field: 'action',
        expected: 'download, delete',
        got: 'list',
      },
    });
    const policy = compilePolicy(
      {
        name: 'p',
        subjects: [{ kind: 'serviceAccount' }],
        stores: ['s'],
        buckets: ['user-media'],
        rule: { actions: ['list'], keys: ['a/{rest}'], lifetime: { max: '5m' } },
      },
      'policies[0]',
    );
    expect(evaluateList(policy, ann, 'a/')).toEqual({
      allowed: false,
      denial: {
        policy: 'p',
        code: 'subject-not-allowed',
        field: 'subject',
        expected: 'a subject that the policy selects',
        got: 'user "ann"',
      },
    });
  });

  test('begins where the patterns do, the outermost once', () => {
    expect(list(['a/{rest}', 'a/b/{rest}', 'c/{sub}/{any}'], undefined)).toMatchObject({
      kind: 'roots',
      prefixes: ['a/', 'c/ann/'],
    });
    expect(list(['a/{rest}', '{claims.none}/{rest}'], undefined)).toMatchObject({
      kind: 'prefix',
      prefix: 'a/',
    });
    expect(list(['a/b', 'a/c'], 'a/b')).toMatchObject({ kind: 'prefix', prefix: 'a/b' });
  });

  test('covers a folder when one of its patterns does', () => {
    const scope = list(['a/{any}', 'a/b/{any}'], 'a/');
    if (!scope.allowed || scope.kind !== 'prefix') throw new Error('expected a prefix');
    expect([scope.coversFolder('a/b/'), scope.coversFolder('a/c/')]).toEqual([true, false]);
    expect([scope.covers('a/x'), scope.covers('a/b/x'), scope.covers('a/c/x')]).toEqual([true, true, false]);
  });
});
