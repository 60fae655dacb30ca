import { z } from 'zod';
import { problemMediaType, problemSchema } from './problem.ts';
import { routes, type Route } from './routes.ts';

/**
 * Where and how a service is mounted.
 * @public
 */
export interface OpenApiTerms {
  /** Path in front of `/v1`. @default '/' */
  readonly basePath?: string;
  /** Names of cookies that may say who asks. @default none */
  readonly cookies?: readonly string[];
  /** Whether `/livez` and `/readyz` are served, at the root whatever the base path is. @default false */
  readonly hasHealth?: boolean;
}

/**
 * The OpenAPI 3.1 document of v1, made from the same schemas that check every body.
 * @public
 */
export function toOpenApi({ basePath = '/', cookies = [], hasHealth = false }: OpenApiTerms = {}): Readonly<
  Record<string, unknown>
> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [operationId, route] of Object.entries<Route>(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method]: toOperation(operationId, route) };
  }
  const inCookies = cookies.map((name, index) => [`cookie${index === 0 ? '' : index + 1}`, name] as const);
  return {
    openapi: '3.1.0',
    info: { title: 'Valetkey signing service', version: 'v1', license: { name: 'Apache-2.0' } },
    servers: [{ url: basePath }],
    paths: { ...paths, '/openapi.json': { get: documentOperation }, ...(hasHealth ? healthPaths : {}) },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        ...Object.fromEntries(inCookies.map(([id, name]) => [id, { type: 'apiKey', in: 'cookie', name }])),
      },
    },
    security: [{ bearer: [] }, ...inCookies.map(([id]) => ({ [id]: [] })), {}],
  };
}

const documentOperation = {
  operationId: 'openapi',
  summary: 'This document',
  security: [],
  responses: { '200': { description: 'OpenAPI 3.1', content: { 'application/json': {} } } },
};

const healthText = (description: string) => ({ description, content: { 'text/plain': {} } });
/** Probes know nothing of a base path. */
const healthServers = [{ url: '/' }];
const healthPaths = {
  '/livez': {
    servers: healthServers,
    get: {
      operationId: 'livez',
      summary: 'Whether the process is alive',
      security: [],
      responses: { '200': healthText('It is') },
    },
  },
  '/readyz': {
    servers: healthServers,
    get: {
      operationId: 'readyz',
      summary: 'Whether new work is taken',
      security: [],
      responses: { '200': healthText('It is'), '503': healthText('It is stopping') },
    },
  },
};

function toOperation(operationId: string, { path, summary, query, body, answer, isOpen = false }: Route) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !(schema instanceof z.ZodOptional),
    schema: toJsonSchema(schema as z.ZodType, 'input'),
  }));
  return {
    operationId,
    summary,
    ...(isOpen ? { security: [] } : {}),
    parameters: [...inPath, ...inQuery],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: toJsonSchema(body, 'input') } },
          },
        }),
    responses: {
      ...(answer === undefined
        ? {
            '302': {
              description: 'To the presigned URL',
              headers: { location: { schema: { type: 'string' } } },
            },
          }
        : {
            '200': {
              description: 'Done; a batch answers item by item',
              content: { 'application/json': { schema: toJsonSchema(answer, 'output') } },
            },
          }),
      default: {
        description: 'A problem (RFC 9457)',
        content: { [problemMediaType]: { schema: toJsonSchema(problemSchema, 'output') } },
      },
    },
  };
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
