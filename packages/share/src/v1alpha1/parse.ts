import { quote, spellingHint, toExpectation, ValetkeyError } from '@valetkey/core';
import type { z } from 'zod';
import { clusterShareStoreSchema, type ClusterShareStore } from './cluster-share-store.ts';
import { sharePolicySchema, type SharePolicy } from './share-policy.ts';
import { shareStoreSchema, type ShareStore } from './share-store.ts';
import { shareSchema, type Share } from './share.ts';

/**
 * A Share with every default filled in.
 * @throws ValetkeyError `unknown-field`, `invalid-configuration`; the field is a path such as `spec.objects[0].key`
 * @public
 */
export const parseShare = (input: unknown): Share => parseObject(shareSchema, input);

/**
 * A SharePolicy with every default filled in.
 * @throws ValetkeyError `unknown-field`, `invalid-configuration`
 * @public
 */
export const parseSharePolicy = (input: unknown): SharePolicy => parseObject(sharePolicySchema, input);

/**
 * A ShareStore with every default filled in.
 * @throws ValetkeyError `unknown-field`, `invalid-configuration`
 * @public
 */
export const parseShareStore = (input: unknown): ShareStore => parseObject(shareStoreSchema, input);

/**
 * A ClusterShareStore with every default filled in.
 * @throws ValetkeyError `unknown-field`, `invalid-configuration`
 * @public
 */
export const parseClusterShareStore = (input: unknown): ClusterShareStore =>
  parseObject(clusterShareStoreSchema, input);

/** By the `kind` that an object says it is. */
const schemas: ReadonlyMap<unknown, z.ZodType> = new Map<unknown, z.ZodType>([
  ['Share', shareSchema],
  ['SharePolicy', sharePolicySchema],
  ['ShareStore', shareStoreSchema],
  ['ClusterShareStore', clusterShareStoreSchema],
]);

/**
 * All that is wrong with an object of one of the kinds, each as `parseShare` and its siblings would throw it. Rules about
 * several fields are looked at once the fields are right, as the API server does. None of an object of another kind.
 * @public
 */
export function findProblems(input: unknown): readonly ValetkeyError[] {
  const kind = typeof input === 'object' && input !== null && 'kind' in input ? input.kind : undefined;
  const schema = schemas.get(kind);
  if (schema === undefined) return [];
  const result = safeParse(schema, input);
  return result.success ? [] : toErrors(schema, result.error);
}

function parseObject<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = safeParse(schema, input);
  if (result.success) return result.data;
  throw (
    toErrors(schema, result.error)[0] ?? new ValetkeyError('invalid-configuration', { cause: result.error })
  );
}

function safeParse<Schema extends z.ZodType>(schema: Schema, input: unknown) {
  return schema.safeParse(input, { reportInput: true, error: toExpectation });
}

function toErrors(schema: z.ZodType, { issues }: z.ZodError): readonly ValetkeyError[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      const { path, message, input } = issue;
      return new ValetkeyError('invalid-configuration', {
        field: pathOf(path),
        expected: message,
        got: quote(input),
      });
    }
    return issue.keys.map(
      (name) =>
        new ValetkeyError('unknown-field', {
          field: pathOf([...issue.path, name]),
          hint: spellingHint(schema, issue.path, name),
        }),
    );
  });
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      return index === 0 ? String(step) : `.${String(step)}`;
    })
    .join('');
}
