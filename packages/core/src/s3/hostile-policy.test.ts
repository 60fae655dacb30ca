import { expect, test } from 'vitest';

import { hostilePolicyFiles } from '../../test/hostile-policy-files.ts';
import { ValetkeyError } from '../errors.ts';
import { parseConfiguration } from './configuration.ts';

const errorOf = (text: string) => {
  try {
    parseConfiguration(text, 'f.yaml');
  } catch (error) {
    return error;
  }
  return undefined;
};

test.each(hostilePolicyFiles)(
  '%s is refused, saying where, what was expected and what came',
  (_what, text, field, expected, got) => {
    const error = errorOf(text);
    expect(error).toBeInstanceOf(ValetkeyError);
    expect(error).toMatchObject({
      code: expect.stringMatching(/^invalid-(?:configuration|policy|lifetime)$/),
      field: expect.stringContaining(field),
      expected: expect.stringContaining(expected),
      got: expect.stringContaining(got),
    });
    expect(String(error).length).toBeLessThan(600);
  },
);

test('a file of another system, with a byte order mark and carriage returns, is read alike', () => {
  const text = `stores: { media: { profile: aws, region: eu-central-1 } }
policies:
  - name: avatars
    subjects: [{ kind: user, claims: { constructor: x, "1": y } }]
    store: media
    bucket: user-media
    actions: [download]
    keys: ["avatars/{any}"]
`;
  const { policies } = parseConfiguration(text, 'f.yaml');
  expect(policies[0]?.subjects[0]?.claims).toEqual({ constructor: 'x', 1: 'y' });
  expect(parseConfiguration(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'f.yaml').policies).toEqual(policies);
});

test('as many policies as there may be are no map of too many keys, with braces or without', () => {
  const head = 'stores: { media: { profile: aws, region: eu-central-1 } }\npolicies:\n';
  const fields = ['name: a', 'subjects: [{ kind: user }]', 'store: media', 'bucket: user-media'];
  const rest = ['actions: [download]', 'keys: ["a/{any}"]'];
  const block = `  - ${[...fields, ...rest].join('\n    ')}\n`;
  const braces = `  - { ${fields.join(', ')},\n      ${rest.join(', ')} }\n`;
  for (const text of [block, braces, `${block}\n# said\n`]) {
    expect(parseConfiguration(head + text.repeat(1200), 'f.yaml').policies).toHaveLength(1200);
  }
});
