import { expect, test } from 'vitest';

import { routeOf } from './route-of.ts';

test.each([
  ['/v1/downloads', '', '/v1/downloads'],
  ['/v1/policies/files', '', '/v1/policies/{policy}'],
  ['/v1/objects', '', '/v1/objects'],
  ['/v1/objects/files/a/b/c.png', '', '/v1/objects/{policy}/{key}'],
  ['/livez', '', '/livez'],
  ['/livez', '/sign', '/livez'],
  ['/sign/v1/uploads/parts', '/sign', '/v1/uploads/parts'],
  ['/sign/openapi.json', '/sign', '/openapi.json'],
  ['/v1/uploads/parts', '/sign', 'other'],
  ['/v1/downloads/', '', 'other'],
  ['/v1/policies/a/b', '', 'other'],
  ['/v1/made-up', '', 'other'],
  ['/signed/v1/downloads', '/sign', 'other'],
  ['/', '', 'other'],
])('%s below %j is the route %s', (path, base, route) => {
  expect(routeOf(path, base)).toBe(route);
});
