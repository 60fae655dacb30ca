import { routes, type Route } from '@valetkey/protocol';

const known = Object.values<Route>(routes).map(({ path }) => ({
  path,
  // `{key}` may hold slashes.
  pattern: new RegExp(`^${path.replace('{policy}', '[^/]+').replace('{key}', '.+')}$`),
}));
const own = new Set(['/livez', '/readyz', '/openapi.json']);

/** A path's route as OpenAPI writes it, for labels and spans; `other` for what is none of them. */
export function routeOf(path: string, base: string): string {
  if (own.has(path)) return path;
  if (!path.startsWith(`${base}/`)) return 'other';
  const inService = path.slice(base.length);
  if (own.has(inService)) return inService;
  return known.find(({ pattern }) => pattern.test(inService))?.path ?? 'other';
}
