/** What is served where. Paths without a placeholder, which are all but two, are found without a search. */
import { ValetkeyError } from '@valetkey/core';

/** One thing that is served. */
export interface RouteEntry<Serve> {
  readonly method: 'GET' | 'POST';
  /** In OpenAPI's form; `{key}` may hold slashes. */
  readonly path: string;
  readonly serve: Serve;
}

/** What was found for a path. */
export interface RouteMatch<Serve> {
  /** Undefined when the path is asked with another method. */
  readonly serve: Serve | undefined;
  /** Methods that the path takes. HEAD goes where GET does: RFC 9110, section 9.3.2. */
  readonly methods: readonly string[];
  /** What stands for the placeholders, in their order, decoded. */
  readonly parameters: readonly string[];
}

type Served<Serve> = Map<string, Serve>;

/**
 * Finds what serves a request; undefined for a path that is not served. Throws `not-found` for one that cannot
 * be decoded.
 */
export function createRouteTable<Serve>(
  basePath: string,
  entries: readonly RouteEntry<Serve>[],
): (method: string, path: string) => RouteMatch<Serve> | undefined {
  const base = `/${basePath}`.replace(/^\/+/, '/').replace(/\/+$/, '');
  const served = new Map<string, Served<Serve>>();
  for (const { method, path, serve } of entries) {
    const methods = served.get(path) ?? new Map<string, Serve>();
    served.set(path, methods.set(method, serve));
    if (method === 'GET') methods.set('HEAD', serve);
  }
  const patterns = [...served].filter(([path]) => path.includes('{'));
  const compiled = patterns.map(([path, methods]) => ({ pattern: toPattern(path), methods }));
  return (method, path) => {
    if (!path.startsWith(`${base}/`)) return undefined;
    const rest = path.slice(base.length);
    const exact = rest.includes('{') ? undefined : served.get(rest);
    if (exact !== undefined) return toMatch(method, exact, []);
    for (const { pattern, methods } of compiled) {
      const found = pattern.exec(rest);
      if (found !== null) return toMatch(method, methods, found.slice(1).map(decode));
    }
    return undefined;
  };
}

function toMatch<Serve>(
  method: string,
  methods: Served<Serve>,
  parameters: readonly string[],
): RouteMatch<Serve> {
  return { serve: methods.get(method), methods: [...methods.keys()], parameters };
}

function toPattern(path: string): RegExp {
  const source = path
    .replaceAll('.', '\\.')
    .replace('{key}', '(.+)')
    .replaceAll(/\{\w+\}/g, '([^/]+)');
  return new RegExp(`^${source}$`, 's');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new ValetkeyError('not-found', { cause });
  }
}
