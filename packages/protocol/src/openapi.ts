import { z } from 'zod';
import { problemMediaType, problemSchema } from './problem.ts';
import { routes, type Route } from './routes.ts';

/**
 * The OpenAPI 3.1 document of v1, made from the same schemas that check every body.
 * @public
 */
export function toOpenApi(): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [operationId, route] of Object.entries<Route>(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method]: toOperation(operationId, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Valetkey signing service', version: 'v1', license: { name: 'Apache-2.0' } },
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    security: [{ bearer: [] }, {}],
  };
}

function toOperation(operationId: string, { path, summary, query, body, answer }: Route) {
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
