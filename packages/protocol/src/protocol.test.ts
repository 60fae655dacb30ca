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
    '/openapi.json',
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

test('the OpenAPI document says where the service is mounted, who may show what, and what needs neither', () => {
  const document = toOpenApi({ basePath: '/sign', cookies: ['__Host-session', 'other'], hasHealth: true });
  expect(document).toMatchObject({
    servers: [{ url: '/sign' }],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: '__Host-session' },
        cookie2: { type: 'apiKey', in: 'cookie', name: 'other' },
      },
    },
    security: [{ bearer: [] }, { cookie: [] }, { cookie2: [] }, {}],
    paths: {
      '/openapi.json': { get: { security: [] } },
      '/livez': { servers: [{ url: '/' }], get: { security: [], responses: { '200': {} } } },
      '/readyz': { servers: [{ url: '/' }], get: { security: [], responses: { '200': {}, '503': {} } } },
      '/v1/receipts/keys': { get: { security: [] } },
    },
  });
  expect(toOpenApi()).toMatchObject({
    servers: [{ url: '/' }],
    components: { securitySchemes: { bearer: { type: 'http' } } },
    security: [{ bearer: [] }, {}],
  });
  expect(toOpenApi()['paths']).not.toHaveProperty('/livez');
});
