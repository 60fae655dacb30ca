/**
 * A constraint said once and checked twice: by zod where there is no API server (`valetkey k8s render`),
 * and by the API server in CEL.
 */
import { z } from 'zod';

/** @internal */
export interface Rule<Value> {
  /** Common Expression Language; `self` is the value. */
  readonly cel: string;
  /** What a person reads when it does not hold. */
  readonly message: string;
  /** The same constraint for zod; absent for rules about a change, which only the API server sees. */
  readonly holds?: (value: Value) => boolean;
}

/**
 * The schema with more constraints.
 * @internal
 */
export function withRules<Schema extends z.ZodType>(
  schema: Schema,
  rules: readonly Rule<z.output<Schema>>[],
): Schema {
  const checked = rules.reduce<Schema>(
    (current, { holds, message }) =>
      holds === undefined
        ? current
        : current.check(z.refine<z.output<Schema>>((value) => holds(value), { error: message })),
    schema,
  );
  return checked.meta({
    ...schema.meta(),
    'x-kubernetes-validations': [
      ...validationsOf(schema),
      ...rules.map(({ cel, message }) => ({ rule: cel, message })),
    ],
  });
}

function validationsOf(schema: z.ZodType): readonly unknown[] {
  const earlier = schema.meta()?.['x-kubernetes-validations'];
  return Array.isArray(earlier) ? earlier : [];
}
