/**
 * What S3 would refuse under the policy of a bucket, whatever its caller's own says; written from the documentation
 * and from nothing of the compiler. Source: IAM user guide, "IAM JSON policy elements: Condition operators"; Amazon S3
 * API reference, "Amazon S3 Signature Version 4 authentication specific policy keys".
 */
import { z } from 'zod';

const texts = z.record(z.string(), z.string());
const document = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Sid: z.string().regex(/^[A-Za-z0-9]+$/),
      Effect: z.literal('Deny'),
      Principal: z.literal('*'),
      Action: z.literal('s3:*'),
      Resource: z.tuple([z.string(), z.string().endsWith('/*')]),
      Condition: z.strictObject({
        Bool: texts.optional(),
        StringEquals: texts.optional(),
        NumericGreaterThan: z.record(z.string(), z.number()).optional(),
      }),
    }),
  ),
});

/** Condition keys of a request; one that is absent makes every condition here untrue. */
export type RequestContext = Readonly<Record<string, string | number | undefined>>;

/** The statements that refuse a request for an object. */
export function denialsOf(text: string, arn: string, context: RequestContext): readonly string[] {
  const holds = (condition: Readonly<Record<string, string | number>> | undefined, compare: Compare) =>
    Object.entries(condition ?? {}).every(([key, wanted]) => {
      const value = context[key];
      return value !== undefined && compare(value, wanted);
    });
  return document
    .parse(JSON.parse(text))
    .Statement.filter(
      ({ Resource, Condition }) =>
        arn.startsWith(Resource[1].slice(0, -1)) &&
        holds(Condition.Bool, (value, wanted) => value === wanted) &&
        holds(Condition.StringEquals, (value, wanted) => value === wanted) &&
        holds(Condition.NumericGreaterThan, (value, wanted) => Number(value) > Number(wanted)),
    )
    .map(({ Sid }) => Sid);
}

type Compare = (value: string | number, wanted: string | number) => boolean;
