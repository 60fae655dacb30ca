/** Values for a JSON Schema: mostly what it describes, now and then something else at any place. */
import fc from 'fast-check';

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Values that mean something to the service, by the name of the field. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

/** Long lists only make the same questions slower. */
const mostItems = 3;

const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '..',
    '../x',
    '/',
    'a//b',
    '__proto__',
    '\u0000',
    '\u202e',
    '\ud800',
    'é',
    '%2e%2e',
    'a\r\nb',
  ),
  fc.constantFrom(-1, 0, 1.5, 2 ** 53, 1e308, null, true, [], {}),
);

/** An arbitrary of one schema. */
export function arbitraryOf(schema: Schema, known: Known, name = ''): fc.Arbitrary<unknown> {
  const described = describedBy(schema, known, name);
  const meant = known[name];
  return fc.oneof(
    { weight: 40, arbitrary: described },
    { weight: meant === undefined ? 0 : 80, arbitrary: fc.constantFrom(...(meant ?? [''])) },
    { weight: 2, arbitrary: junk },
  );
}

function describedBy(schema: Schema, known: Known, name: string): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined)
    return fc.oneof(...schema.anyOf.map((one) => arbitraryOf(one, known, name)));
  const { minimum = -10, maximum = 2 ** 40 } = schema;
  switch (schema.type) {
    case 'object':
      return objectOf(schema, known);
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}, known, name), {
        minLength: schema.minItems ?? 0,
        maxLength: mostItems,
      });
    case 'integer':
    case 'number':
      return fc.integer({ min: Math.max(minimum, -(2 ** 40)), max: Math.min(maximum, 2 ** 40) });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return stringOf(schema);
    default:
      return junk;
  }
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema, known: Known) {
  const fields = Object.entries(properties).map(
    ([name, schema]) => [name, arbitraryOf(schema, known, name)] as const,
  );
  const described = fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
  if (typeof additionalProperties !== 'object') {
    const unknown = fc
      .tuple(described, fc.string(), junk)
      .map(([object, name, value]) => ({ ...object, [name]: value }));
    return fc.oneof({ weight: 30, arbitrary: described }, { weight: 1, arbitrary: unknown });
  }
  const names = fc.oneof(
    fc.constantFrom('caption', '__proto__', 'constructor'),
    fc.string({ maxLength: 70 }),
  );
  return fc.dictionary(names, arbitraryOf(additionalProperties, known), { maxKeys: 3 });
}

function stringOf({ pattern, minLength = 0, maxLength = 200 }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const bounds = { minLength, maxLength: Math.min(maxLength, 200) };
  return fc.oneof(fc.string(bounds), fc.string({ ...bounds, unit: 'binary' }));
}
