import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { toExpectation } from './schema-expectation.ts';

describe('what a schema would have taken, in words', () => {
  test.each<[string, z.ZodType, unknown, string]>([
    ['an object', z.object({}), null, 'an object'],
    ['text', z.string(), 3, 'text'],
    ['a list', z.array(z.string()), {}, 'a list'],
    ['a whole number', z.int(), 1.5, 'a whole number'],
    ['one of several', z.enum(['aws', 's3']), 'b2', 'one of aws, s3'],
    ['one only', z.literal('v1'), 'v2', 'v1'],
    ['not too long', z.string().max(2), 'abc', 'at most 2 characters'],
    ['not too many', z.array(z.int()).max(1), [1, 2], 'at most 1 items'],
    ['not too little', z.number().min(5), 4, 'at least 5'],
    ['of another form', z.string().regex(/^[a-z]+$/), 'A', 'text that matches /^[a-z]+$/'],
    ['more than', z.number().gt(5), 5, 'more than 5'],
    ["a schema's own words", z.string('a base URL'), 1, 'a base URL'],
  ])('%s', (_title, schema, input, expected) => {
    expect(schema.safeParse(input, { error: toExpectation }).error?.issues[0]?.message).toBe(expected);
  });
});
