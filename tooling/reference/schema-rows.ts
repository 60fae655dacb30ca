/** A JSON Schema as the rows of a table: every field by its path, whatever stands around it. */
import { z } from 'zod';

/** One field. */
export interface SchemaRow {
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** Whether each of the forms that its object may have has it. */
  readonly isInEveryForm: boolean;
  readonly limits: string;
  readonly description: string;
}

const schemaShape = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  additionalProperties: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  const: z.union([z.string(), z.number(), z.boolean()]).optional(),
  default: z.unknown().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
});
type Schema = z.infer<typeof schemaShape>;

/** Longer lists of words are left to the schema itself. */
const maxWords = 16;

/**
 * The fields of an object and of all that it holds. `skip` names fields whose inside is told of elsewhere.
 */
export function rowsOf(input: unknown, skip: ReadonlySet<string> = new Set()): readonly SchemaRow[] {
  return merge(fieldsOf(schemaShape.parse(input), '', skip));
}

function fieldsOf(schema: Schema, prefix: string, skip: ReadonlySet<string>): readonly SchemaRow[] {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) {
    const forms = variants.map((variant) => fieldsOf(schemaShape.parse(variant), prefix, skip));
    const isInAll = (path: string) => forms.every((rows) => rows.some((row) => row.path === path));
    return forms
      .flat()
      .map((row) => ({ ...row, isInEveryForm: isInside(row.path, prefix) || isInAll(row.path) }));
  }
  if (schema.items !== undefined) return fieldsOf(schemaShape.parse(schema.items), `${prefix}[]`, skip);
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const parsed = schemaShape.parse(child);
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const row = {
      path,
      type: typeOf(parsed),
      isRequired: schema.required?.includes(name) ?? false,
      isInEveryForm: true,
      limits: limitsOf(parsed),
      description: parsed.description ?? '',
    };
    return [row, ...(skip.has(name) ? [] : fieldsOf(parsed, path, skip))];
  });
  const { additionalProperties: others } = schema;
  if (typeof others !== 'object' || others === null) return named;
  return [...named, ...fieldsOf(schemaShape.parse(others), `${prefix}.*`, skip)];
}

/** Whether a path leads on from a field of what has this prefix. */
function isInside(path: string, prefix: string): boolean {
  return /[.[]/.test(path.slice(prefix === '' ? 0 : prefix.length + 1));
}

/** A field that several variants have is one row; it is required when each of them requires it. */
function merge(rows: readonly SchemaRow[]): readonly SchemaRow[] {
  const merged = new Map<string, SchemaRow>();
  for (const row of rows) {
    const known = merged.get(row.path);
    if (known === undefined) {
      merged.set(row.path, row);
      continue;
    }
    const join = (a: string, b: string) => [...new Set([...a.split(' or '), b])].filter(Boolean).join(' or ');
    merged.set(row.path, {
      path: row.path,
      type: join(known.type, row.type),
      isRequired: known.isRequired && row.isRequired,
      isInEveryForm: known.isInEveryForm && row.isInEveryForm,
      limits: known.limits === row.limits ? known.limits : '',
      description: known.description || row.description,
    });
  }
  return [...merged.values()];
}

function typeOf(schema: Schema): string {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) {
    const types = variants.map((variant) => typeOf(schemaShape.parse(variant)));
    return [...new Set(types)].join(' or ');
  }
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined && schema.enum.length <= maxWords) {
    return schema.enum.map((word) => `\`${word}\``).join(', ');
  }
  if (schema.items !== undefined) return `list of ${typeOf(schemaShape.parse(schema.items))}`;
  if (schema.type === 'object') return schema.properties === undefined ? 'map' : 'object';
  return [schema.type ?? 'anything'].flat().join(' or ').replace('string', 'text');
}

function limitsOf(schema: Schema): string {
  const range = (low: number | undefined, high: number | undefined, unit: string) => {
    const shown = high === Number.MAX_SAFE_INTEGER ? undefined : high;
    if (low === undefined && shown === undefined) return [];
    if (shown === undefined)
      return low === 0 || low === Number.MIN_SAFE_INTEGER ? [] : [`at least ${low}${unit}`];
    return low === undefined || low === Number.MIN_SAFE_INTEGER
      ? [`at most ${shown}${unit}`]
      : [`${low}–${shown}${unit}`];
  };
  return [
    ...range(schema.minimum, schema.maximum, ''),
    ...range(schema.minLength, schema.maxLength, ' characters'),
    ...range(schema.minItems, schema.maxItems, ' items'),
    ...(schema.default === undefined ? [] : [`default \`${JSON.stringify(schema.default)}\``]),
  ].join('; ');
}
