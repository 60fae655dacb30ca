/** Every bound from both sides, and what a refusal tells the one who has to mend the input. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { toBase64, utf8Bytes } from './base64.ts';
import { parseBucket } from './bucket.ts';
import { parseEndpoint } from './endpoint.ts';
import { canonicalIpv6 } from './ipv6.ts';
import { parseKey } from './key.ts';
import { parseMetadata } from './metadata.ts';
import { parseDurationSeconds, parseSizeBytes } from './quantity.ts';
import { quote } from './quote.ts';
import { parseRegion } from './region.ts';
import { utf8Length } from './utf8.ts';

const refusal = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('quote', () => {
  test.each([
    [7, '7'],
    [Number.NaN, 'NaN'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[1], 'a list'],
    [{}, 'a value of type object'],
    [Symbol('x'), 'a value of type symbol'],
    ['a"b', '"a\\"b"'],
    [
      '\u007f\u009f\u061c\u200e\u2028\u202e\u2066\u2069\ufeff',
      '"\\u007f\\u009f\\u061c\\u200e\\u2028\\u202e\\u2066\\u2069\\ufeff"',
    ],
    ['x'.repeat(80), `"${'x'.repeat(80)}"`],
    ['x'.repeat(81), `"${'x'.repeat(80)}…"`],
  ])('%j', (input, shown) => {
    expect(quote(input)).toBe(shown);
  });
});

describe('bucket', () => {
  test.each([
    [7, 'a bucket name'],
    ['ab', '3 to 63 characters of a-z, 0-9, "." and "-" that begin and end with a letter or digit'],
    ['a..b', 'no two dots in a row'],
    ['10.20.30.40', 'a name that is not an IPv4 address'],
    ['xn--abc', 'a name without the reserved prefix xn--'],
    ['abc-s3alias', 'a name without the reserved suffix -s3alias'],
  ])('%j is refused: expected %s', (input, expected) => {
    expect(refusal(() => parseBucket(input, 'bucket'))).toMatchObject({ expected, got: quote(input) });
  });

  test.each(['a.192.168.0.1', '192.168.0.1.a', '192.168.0.1234', '1.2.3', 'a-xn--b', 's3alias', 'mrap'])(
    '%s is a name like any other',
    (name) => {
      expect(parseBucket(name, 'bucket')).toBe(name);
    },
  );
});

describe('region', () => {
  test.each([[7], [''], ['eu/west'], ['EU'], ['a'.repeat(65)], ['eu-west-1\n']])('%j is refused', (input) => {
    expect(refusal(() => parseRegion(input, 'stores.a.region'))).toMatchObject({
      code: 'invalid-configuration',
      field: 'stores.a.region',
      expected: 'a region such as eu-central-1',
      got: quote(input),
    });
  });
});

describe('key', () => {
  test.each(['ab', 'a/b', 'abc/def', 'a.b/c-d', '-/_', 'k'.repeat(254)])('%j is taken', (key) => {
    expect(parseKey(key, 'key')).toBe(key);
  });

  test.each(['a/.b/c', 'a.', '..a', 'a..', '.../a'])('%j has dots that are names', (key) => {
    expect(parseKey(key, 'key')).toBe(key);
  });

  test.each(['a/b\u0000', 'a/b\u202e', 'a/b//', 'a/b/..', 'a/b\\', 'a/b\n', 'a/b/'])(
    '%j is refused behind a plain beginning too',
    (key) => {
      expect(() => parseKey(key, 'key')).toThrow(expect.objectContaining({ code: 'invalid-key' }));
    },
  );

  test('one long segment among short ones is refused', () => {
    expect(() => parseKey(`a/${'é'.repeat(128)}/b`, 'key')).toThrow('at most 255 bytes');
    expect(() => parseKey(`a/${'k'.repeat(256)}/b`, 'key')).toThrow('at most 255 bytes');
    expect(parseKey(`a/${'k'.repeat(255)}/b`, 'key')).toHaveLength(259);
  });
});

describe('metadata', () => {
  const total = (bytes: number) => ({ a: 'x'.repeat(bytes - 1) });

  test('names and values have 2048 bytes together, counted in UTF-8', () => {
    expect(parseMetadata(total(2048), 'metadata')).toEqual(total(2048));
    expect(refusal(() => parseMetadata(total(2049), 'metadata'))).toMatchObject({
      field: 'metadata',
      expected: 'at most 2048 bytes of names and values',
      got: '2049 bytes',
    });
    expect(refusal(() => parseMetadata({ a: 'é'.repeat(1024) }, 'metadata'))).toMatchObject({
      got: '2049 bytes',
    });
  });

  test.each([
    [null, { field: 'metadata', expected: 'names with values', got: 'null' }],
    [[], { field: 'metadata', expected: 'names with values', got: 'a list' }],
    [
      { A: 'x' },
      { field: 'metadata', expected: 'names of 1 to 64 characters of a-z, 0-9 and "-"', got: '"A"' },
    ],
    [{ ['a'.repeat(65)]: 'x' }, { got: `"${'a'.repeat(65)}"` }],
    [
      { a: 'x ' },
      { field: 'metadata.a', expected: 'printable text without leading or trailing space', got: '"x "' },
    ],
    [{ a: '\ud800' }, { field: 'metadata.a' }],
    [{ a: '\u202ex' }, { field: 'metadata.a' }],
  ])('%j is refused', (input, facts) => {
    expect(refusal(() => parseMetadata(input, 'metadata'))).toMatchObject({
      code: 'invalid-metadata',
      ...facts,
    });
  });
});

describe('durations and sizes', () => {
  test.each([60, null, ['1h'], { toString: () => '1h' }])('%j is no duration', (input) => {
    expect(refusal(() => parseDurationSeconds(input, 'd'))).toMatchObject({
      code: 'invalid-lifetime',
      field: 'd',
    });
  });

  test.each([
    ['1h1m1s', 3661],
    ['999999h', 3_599_996_400],
    ['99999999m', 5_999_999_940],
    ['9999999999s', 9_999_999_999],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDurationSeconds(text, 'd')).toBe(seconds);
  });

  test.each(['1000000h', '100000000m', '10000000000s', '1m1h', '1s1s'])('%s is refused', (text) => {
    expect(() => parseDurationSeconds(text, 'd')).toThrow();
  });

  test.each([
    [0, 0],
    ['1Ti', 2 ** 40],
    ['8191Ti', 8191 * 2 ** 40],
    ['999999999999999', 999_999_999_999_999],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSizeBytes(text, 's')).toBe(bytes);
  });

  test.each([1.5, -1, Number.NaN, true, null, ['5Mi'], '8192Ti', '1Pi', '5Mi '])('%j is no size', (input) => {
    expect(refusal(() => parseSizeBytes(input, 's'))).toMatchObject({
      code: 'invalid-configuration',
      field: 's',
      got: quote(input),
    });
  });
});

describe('UTF-8', () => {
  test.each([0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff])(
    'U+%x is counted as it is written',
    (point) => {
      const text = String.fromCodePoint(point);
      const bytes = [...new TextEncoder().encode(text)];
      expect(utf8Length(text)).toBe(bytes.length);
      expect(utf8Bytes(text)).toEqual(bytes);
    },
  );

  test.each(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar', '\u00ff\u00fe\u00fd'])(
    '%j in base64',
    (text) => {
      const bytes = [...text].map((character) => character.charCodeAt(0));
      expect(toBase64(bytes)).toBe(btoa(text));
    },
  );
});

describe('endpoint', () => {
  const urlOf = (input: string) => {
    const { scheme, hostname, port, basePath } = parseEndpoint(input, 'endpoint');
    return `${scheme}://${hostname}${port}${basePath}`;
  };

  test.each([
    ['https://h:65535', 'https://h:65535'],
    ['https://h:1', 'https://h:1'],
    ['https://h:09000', 'https://h:9000'],
    ['http://h:443', 'http://h:443'],
    ['https://h:80', 'https://h:80'],
    ['HTTP://H', 'http://h'],
    ['https://h/a.b/..c/', 'https://h/a.b/..c'],
    [`https://${'a'.repeat(63)}.b`, `https://${'a'.repeat(63)}.b`],
    ['https://a.b.c', 'https://a.b.c'],
    ['https://1a.example', 'https://1a.example'],
    ['https://10.example', 'https://10.example'],
    ['https://0xg.0xgg', 'https://0xg.0xgg'],
    ['https://a-1.b-2', 'https://a-1.b-2'],
    ['https://249.199.99.9', 'https://249.199.99.9'],
    [`https://h/${'a'.repeat(502)}`, `https://h/${'a'.repeat(502)}`],
    ['https://255.250.200.0', 'https://255.250.200.0'],
  ])('%s is %s', (input, expected) => {
    expect(urlOf(input)).toBe(expected);
    expect(new URL(expected).href.replace(/\/$/, '')).toBe(expected);
  });

  test.each([
    'x https://h',
    'https://h:65536',
    'https://h:123456',
    'https://h/.',
    'https://h/..',
    'https://h/a/./b',
    'https://h/a//',
    'https://h/%2e%2e',
    'https://-a.b',
    'https://a-.b',
    'https://a..b',
    'https://a.b.',
    'https://a_b',
    `https://${'a'.repeat(64)}.b`,
    `https://${'a.'.repeat(127)}b`,
    'https://1.2.3.4.5',
    'https://1.2.3',
    'https://1.2.3.256',
    'https://1.2.3.04',
    'https://a.10',
    'https://99',
    'https://a.0x',
    'https://a.0xff',
    'https://[::1',
    'https://::1',
    'https://[::g]',
    'https://[1.2.3.4]',
    `https://h/${'a'.repeat(503)}`,
  ])('%s is refused', (input) => {
    expect(refusal(() => parseEndpoint(input, 'e'))).toMatchObject({
      code: 'invalid-configuration',
      field: 'e',
      expected: 'a base URL such as https://s3.internal:9000, without user, query or fragment',
    });
  });

  test.each([
    ['https://192.0.2.7', 'address'],
    ['https://[::1]', 'address'],
    ['https://localhost', 'localhost'],
    ['https://s3-accelerate.amazonaws.com', 'accelerate'],
    ['https://s3-accelerate.dualstack.amazonaws.com', 'accelerate'],
    ['https://x.s3-accelerate.amazonaws.com', 'name'],
    ['https://s3-accelerate.amazonaws.com.example', 'name'],
    ['https://s3.amazonaws.com', 'name'],
  ])('%s is of the kind %s', (input, kind) => {
    expect(parseEndpoint(input, 'e').kind).toBe(kind);
  });

  test('one endpoint is read once, and a thousand others do not stay for ever', () => {
    const first = parseEndpoint('https://kept.example', 'e');
    expect(parseEndpoint('https://kept.example', 'e')).toBe(first);
    for (let index = 0; index < 1100; index += 1) parseEndpoint(`https://h${index}.example`, 'e');
    const again = parseEndpoint('https://kept.example', 'e');
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });
});

describe('IPv6 addresses', () => {
  const byUrlParser = (text: string): string | undefined =>
    URL.canParse(`http://[${text}]`) ? new URL(`http://[${text}]`).hostname : undefined;
  const group = fc.oneof(
    fc.constantFrom('0', '00', '0000', '1', 'f', 'ffff', '0abc', 'g', '12345', ''),
    fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16)),
  );
  const ipv4 = fc.array(fc.constantFrom('0', '1', '12', '255', '256', '01', '300', 'x'), {
    minLength: 3,
    maxLength: 5,
  });
  const address = fc
    .tuple(
      fc.array(group, { maxLength: 9 }),
      fc.option(fc.array(group, { maxLength: 8 }), { nil: undefined }),
      fc.option(ipv4, { nil: undefined }),
    )
    .map(([head, tail, dotted]) => {
      const front = head.join(':') + (tail === undefined ? '' : `::${tail.join(':')}`);
      return dotted === undefined ? front : `${front}${front.endsWith(':') ? '' : ':'}${dotted.join('.')}`;
    });

  test('are written as a URL parser writes them, or refused', () => {
    let written = 0;
    fc.assert(
      fc.property(address, (text) => {
        const canonical = canonicalIpv6(text);
        if (canonical === undefined) return;
        written += 1;
        expect(canonical).toBe(byUrlParser(text));
      }),
      { numRuns: 5000, seed: 20_261_124 },
    );
    expect(written).toBeGreaterThan(50);
  });

  test.each([
    '::',
    '::1',
    '1::',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1:0:0:4:0:0:0:8',
    '1:0:0:4:5:0:0:8',
    '1:0:3:4:5:6:7:8',
    '0:0:3:4:5:6:0:0',
    '0:0:0:0:0:0:0:0',
    '2001:0db8::0007',
    '::ffff:192.0.2.33',
    '1:2:3:4:5:6:255.0.1.100',
    '::0.0.0.0',
    '64:ff9b::1.2.3.4',
  ])('%s is one', (text) => {
    expect(canonicalIpv6(text)).toBe(byUrlParser(text));
    expect(canonicalIpv6(text)).toMatch(/^\[[0-9a-f:]+\]$/);
  });

  test.each([
    '',
    ':',
    ':::',
    '1',
    '1:2',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '12345::',
    'g::',
    ':1:2:3:4:5:6:7',
    '1.2.3.4',
    '::1.2.3',
    '::1.2.3.4.5',
    '::256.1.1.1',
    '::01.2.3.4',
    '::1.2.3.4:5',
    'x::1.2.3.4',
    '::1.2.3.1234',
    '::a.2.3.4',
    '1:2:3:4:5:6:7:1.2.3.4',
  ])('%s is none', (text) => {
    expect(canonicalIpv6(text)).toBeUndefined();
  });
});
