/**
 * What IAM would say to a request under one identity-based document; written from its documentation and from nothing
 * of the compilers. Source: IAM user guide, "Policy evaluation logic", "IAM JSON policy elements: Resource",
 * "String condition operators", "IAM policy elements: Variables".
 */
import { z } from 'zod';

const document = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Sid: z
        .string()
        .regex(/^[A-Za-z0-9]*$/)
        .optional(),
      Effect: z.literal('Allow'),
      Action: z.array(z.string().regex(/^s3:[A-Za-z]+$/)).min(1),
      Resource: z.array(z.string().startsWith('arn:')).min(1),
      Condition: z
        .strictObject({ StringLike: z.strictObject({ 's3:prefix': z.array(z.string()).min(1) }) })
        .optional(),
    }),
  ),
});

/** A call to S3, as IAM sees it. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** `s3:prefix` of a listing. */
  readonly prefix?: string;
}

/** Whether a document, given as text, allows a request. */
export function iamAllows(text: string, { action, resource, prefix }: IamRequest): boolean {
  return document
    .parse(JSON.parse(text))
    .Statement.some(
      ({ Action, Resource, Condition }) =>
        Action.includes(action) &&
        Resource.some((pattern) => isLike(pattern, resource)) &&
        (Condition === undefined ||
          (prefix !== undefined &&
            Condition.StringLike['s3:prefix'].some((pattern) => isLike(pattern, prefix)))),
    );
}

/** `*`: any text, slashes too; `?`: one character; `${*}`, `${?}`, `${$}`: these characters themselves. */
function isLike(pattern: string, text: string): boolean {
  const tokens = pattern.match(/\$\{[*?$]\}|[^]/gu) ?? [];
  const characters = [...text];
  let reachable = new Set([0]);
  for (const token of tokens) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (token === '*') for (let end = at; end <= characters.length; end += 1) next.add(end);
      else if (at < characters.length && (token === '?' || characters[at] === literalOf(token)))
        next.add(at + 1);
    }
    reachable = next;
  }
  return reachable.has(characters.length);
}

function literalOf(token: string): string | undefined {
  return token.length > 1 && token.startsWith('${') ? token[2] : token;
}
