import { z } from 'zod';
import { nearestWord } from './grammar/nearest-word.ts';

type SchemaNode = z.core.JSONSchema.BaseSchema;

const trees = new WeakMap<z.ZodType, SchemaNode>();

/**
 * What to do about a field that a schema does not know: the known field that was meant, where one is spelt nearly so.
 * @internal
 */
export function spellingHint(schema: z.ZodType, path: readonly PropertyKey[], name: string): string {
  const nodes = path.reduce<readonly SchemaNode[]>(
    (found, step) => found.flatMap((node) => below(node, step)),
    [treeOf(schema)].flatMap(alternatives),
  );
  const meant = nearestWord(
    name,
    nodes.flatMap(({ properties = {} }) => Object.keys(properties)),
  );
  return meant === undefined ? 'Remove it, or mend its spelling.' : `Did you mean ${meant}?`;
}

/** Made once for each schema: it is written out in full. */
function treeOf(schema: z.ZodType): SchemaNode {
  const known = trees.get(schema);
  if (known !== undefined) return known;
  const tree = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  trees.set(schema, tree);
  return tree;
}

function below(node: SchemaNode, step: PropertyKey): readonly SchemaNode[] {
  const { properties = {}, items, additionalProperties } = node;
  const next = typeof step === 'number' ? items : (properties[String(step)] ?? additionalProperties);
  return typeof next === 'object' && !Array.isArray(next) ? alternatives(next) : [];
}

function alternatives(node: SchemaNode): readonly SchemaNode[] {
  const { anyOf = [], oneOf = [], allOf = [] } = node;
  const inner = [...anyOf, ...oneOf, ...allOf].filter((one) => typeof one === 'object');
  return [node, ...inner.flatMap(alternatives)];
}
