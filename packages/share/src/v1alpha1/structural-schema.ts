/**
 * The dialect of OpenAPI that the API server takes in a CRD: no `additionalProperties: false`, no `$schema`,
 * `metadata` left to itself.
 */
import { z } from 'zod';

/** @internal */
export interface JsonObject {
  [name: string]: unknown;
}

/**
 * Structural schema of a kind, from its zod schema.
 * @internal
 */
export function toStructuralSchema(schema: z.ZodType, description: string): JsonObject {
  const generated: unknown = z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', reused: 'inline' });
  const root = toStructural(generated);
  if (!isObject(root) || !isObject(root['properties'])) throw new TypeError('a kind is an object');
  return {
    ...root,
    description,
    required: ['spec'],
    properties: {
      ...root['properties'],
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
    },
  };
}

function toStructural(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toStructural);
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name, value]) => name !== '$schema' && !(name === 'additionalProperties' && value === false))
      .filter(([name, value]) => name !== 'x-kubernetes-validations' || !isEmptyList(value))
      .map(([name, value]) => [name, toStructuralKeyword(name, value)]),
  );
}

function toStructuralKeyword(name: string, value: unknown): unknown {
  if (name === 'default') return value;
  if (name !== 'properties' || !isObject(value)) return toStructural(value);
  // Its names are the kind's own: a property may be called `default`.
  return Object.fromEntries(
    Object.entries(value).map(([property, schema]) => [property, toStructural(schema)]),
  );
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
