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

function parseObject<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input, { reportInput: true, error: toExpectation });
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue === undefined) throw new ValetkeyError('invalid-configuration', { cause: result.error });
  if (issue.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    throw new ValetkeyError('unknown-field', {
      field: pathOf([...issue.path, name]),
      hint: spellingHint(schema, issue.path, name),
    });
  }
  throw new ValetkeyError('invalid-configuration', {
    field: pathOf(issue.path),
    expected: issue.message,
    got: quote(issue.input),
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
