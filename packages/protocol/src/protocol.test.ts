import { errorCatalogue } from '@valetkey/core/errors';
import { expect, test } from 'vitest';

import { problemSchema, routes, toOpenApi, toProblem } from './index.ts';

test.each(Object.keys(errorCatalogue))('%s is a problem with a status and a title', (code) => {
  const problem = toProblem(code as keyof typeof errorCatalogue, { requestId: 'r' });
  expect(problemSchema.parse(problem)).toMatchObject({ type: `urn:valetkey:problem:${code}`, code });
});

test('every body refuses fields that it does not know', () => {
  for (const route of Object.values(routes)) {
    if (!('body' in route)) continue;
    const { error } = route.body.safeParse({ unknown: true });
    expect(error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
  }
});

test('the OpenAPI document lists every route, with schemas and without references that lead nowhere', () => {
  const document = toOpenApi();
  expect(Object.keys(document['paths'] as object)).toEqual([
    ...new Set(Object.values(routes).map(({ path }) => path)),
  ]);
  expect(JSON.stringify(document)).not.toContain('$ref');
  expect(document).toMatchObject({
    openapi: '3.1.0',
    paths: {
      '/v1/uploads': {
        post: {
          requestBody: { content: { 'application/json': { schema: { required: ['policy', 'files'] } } } },
        },
      },
      '/v1/objects': {
        get: {
          parameters: [
            { name: 'policy', required: true },
            { name: 'prefix', required: false },
            { name: 'cursor' },
          ],
        },
      },
    },
  });
});
