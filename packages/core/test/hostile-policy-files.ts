/** Policy files that somebody wrote to break their reader. */
const policy = (change: string) => `stores: { media: { profile: aws, region: eu-central-1 } }
policies:
  - name: avatars
    subjects: [{ kind: user }]
    store: media
    bucket: user-media
    actions: [download]
    keys: ["avatars/{any}"]
${change}`;

const mebibyte = 1024 * 1024;
const laughs = Array.from({ length: 12 }, (_, index) => {
  const before = index === 0 ? '"ha"' : `*l${index - 1}`;
  return `l${index}: &l${index} [${Array.from({ length: 10 }, () => before).join(',')}]\n`;
}).join('');

function keysOf(count: number, indent: string): string {
  return Array.from({ length: count }, (_, index) => `${indent}unknown-${index}: 1\n`).join('');
}

/** What it is, its text, the field that is blamed, and what is said of it. */
export const hostilePolicyFiles: readonly (readonly [
  what: string,
  text: string,
  field: string,
  expected: string,
  got: string,
])[] = [
  ['1 MiB of opening brackets', '['.repeat(mebibyte), 'f.yaml:1', 'lines of at most 16384', 'a longer one'],
  [
    '1 MiB of nothing on one line',
    ' '.repeat(mebibyte),
    'f.yaml:1',
    'lines of at most 16384',
    'a longer one',
  ],
  [
    '1 MiB of opening brackets on lines',
    '[\n'.repeat(mebibyte / 2),
    'f.yaml:33',
    'at most 32 brackets',
    'more',
  ],
  [
    '1 MiB of opening braces on lines',
    '{a:\n'.repeat(mebibyte / 4),
    'f.yaml:33',
    'at most 32 brackets',
    'more',
  ],
  [
    'closing brackets',
    `${']'.repeat(9)}\n`.repeat(mebibyte / 10),
    'f.yaml:1',
    'a bracket that was opened',
    'a closing one',
  ],
  ['16,000 lists in lists', '- '.repeat(8000), 'f.yaml:1', 'within the first 100 columns', 'nested deeper'],
  ['16,000 keys in keys', '? '.repeat(8000), 'f.yaml:1', 'within the first 100 columns', 'nested deeper'],
  [
    'blocks 1,400 deep',
    Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
    'f.yaml:102',
    'within the first 100 columns',
    'nested deeper',
  ],
  ['a billion laughs', laughs, 'f.yaml:1', 'no anchors and aliases', 'one'],
  ['a merge of an alias', policy('    <<: *base\n'), 'f.yaml:9', 'no anchors and aliases', 'one'],
  ['a control character', policy('    # \u0007\n'), 'f.yaml:9', 'without control characters', 'U+0007'],
  [
    'a NUL',
    policy('    lifetime: { max: "1h\u0000" }\n'),
    'f.yaml:9',
    'without control characters',
    'U+0000',
  ],
  ['text that runs backwards', policy('    # \u202e\n'), 'f.yaml:9', 'without control characters', 'U+202E'],
  ['bytes that are no UTF-8', policy('    # \ufffd\n'), 'f.yaml:9', 'UTF-8', 'U+FFFD'],
  ['a byte order mark inside', policy('    # \ufeff\n'), 'f.yaml:9', 'without control characters', 'U+FEFF'],
  ['more than 1 MiB', ' '.repeat(mebibyte + 1), 'f.yaml', 'at most 1 MiB', 'more'],
  ['60,000 unknown fields', keysOf(60_000, ''), 'f.yaml:1001', 'at most 1000 keys', 'more'],
  [
    'too many stores, the last on line 1,002',
    `stores:\n${keysOf(1001, '  ')}`,
    'f.yaml:1002',
    'at most 1000 keys',
    'more',
  ],
  [
    'too many fields of a policy, with maps among them',
    policy('    x:\n      y: 1\n    "z": {}\n'.repeat(600)),
    'f.yaml:',
    'at most 1000 keys',
    'more',
  ],
  [
    'too many claims in braces',
    policy('').replace('kind: user', `kind: user, claims: {\n${'      a: b,\n'.repeat(1001)}}`),
    'f.yaml:1005',
    'at most 1000 keys',
    'more',
  ],
  ['a key twice', policy('    store: other\n'), 'f.yaml:9', 'each key once', '"store" twice'],
  [
    'a key twice in brackets',
    policy('    lifetime: { max: 1h, max: 2h }\n'),
    'f.yaml:9',
    'each key once',
    '"max" twice',
  ],
  [
    'a key that is a list',
    policy('    ? [a]\n    : b\n'),
    'f.yaml:9',
    'a key that is text',
    'a list or a map',
  ],
  [
    'the prototype as a field',
    policy('    __proto__: { lifetime: { max: 1h } }\n'),
    'f.yaml:9',
    'a name other',
    '"__proto__"',
  ],
  [
    'the prototype as a claim',
    policy('').replace('kind: user', 'kind: user, claims: { __proto__: admin }'),
    'f.yaml:4',
    'a name other than __proto__',
    '"__proto__"',
  ],
  [
    'the prototype as a store',
    'stores:\n  __proto__: { profile: aws }\n',
    'f.yaml:2',
    'a name other',
    '"__proto__"',
  ],
  [
    'a tag that makes things',
    policy('    keySyntax: !!js/function x\n'),
    'f.yaml:9',
    'well-formed YAML',
    'tag resolve failed',
  ],
  ['two documents', `${policy('')}---\n${policy('')}`, 'f.yaml:', 'well-formed YAML', 'multiple docs'],
  [
    'a pattern of 10,000 segments',
    policy('').replace('"avatars/{any}"', `"${'a/'.repeat(10_000)}a"`),
    'f.yaml:8',
    'lines of at most 16384',
    'a longer one',
  ],
  [
    'a pattern of 10,000 segments on many lines',
    policy('').replace('"avatars/{any}"', `"${'a/a/a/a/\\\n      '.repeat(2500)}a"`),
    'f.yaml:8 policies[0].keys[0]',
    '1024',
    '"a/a/a/',
  ],
  [
    'a pattern of 3,000 variables',
    policy('').replace('"avatars/{any}"', `"${'{sub}'.repeat(3000)}"`),
    'f.yaml:8 policies[0].keys[0]',
    '1024',
    '"{sub}{sub}',
  ],
  [
    'a size beyond all numbers',
    policy('    upload: { maxSize: 1e400 }\n'),
    'f.yaml:9 policies[0].upload.maxSize',
    'bytes',
    'Infinity',
  ],
  [
    'a size that a number cannot hold',
    policy('    upload: { maxSize: 9007199254740993 }\n'),
    'f.yaml:9 policies[0].upload.maxSize',
    'at most',
    '9007199254740',
  ],
  [
    'a size in exbibytes',
    policy('    upload: { maxSize: 999999999999999Ti }\n'),
    'f.yaml:3 policies[0] (policy.upload.maxSize)',
    'bytes',
    '999999999999999Ti',
  ],
  [
    'a count below one',
    policy('    upload: { maxFiles: -1 }\n'),
    'f.yaml:9 policies[0].upload.maxFiles',
    '',
    '-1',
  ],
  [
    'a lifetime of ages',
    policy('    lifetime: { max: 99999999999999h }\n'),
    'f.yaml:3 policies[0] (policy.lifetime.max)',
    'hours',
    '"99999999999999h"',
  ],
  [
    'an action twelve times',
    policy('').replace('[download]', `[${'download,'.repeat(12)}]`),
    'f.yaml:7 policies[0].actions',
    '',
    'a list',
  ],
];
