import type { Problem } from '@valetkey/protocol';

import { RateLimited } from './rate-limits.ts';
import type { ServiceContext } from './service-context.ts';
import { describeError } from './to-problem.ts';

/** Items worked on at the same time. */
const width = 16;

/** What every operation is told of the request it answers. */
export interface Call {
  readonly requestId: string;
}

/** Answers item by item: one that fails does not fail the others. */
export async function answerEach<Item, Answer>(
  { hooks }: ServiceContext,
  { requestId }: Call,
  items: readonly Item[],
  answer: (item: Item) => Promise<Answer>,
): Promise<readonly (Answer | { readonly problem: Problem })[]> {
  const answers: (Answer | { readonly problem: Problem })[] = [];
  for (let start = 0; start < items.length; start += width) {
    const window = items.slice(start, start + width).map(async (item) => {
      try {
        return await answer(item);
      } catch (error) {
        // The limit is the whole call's.
        if (error instanceof RateLimited) throw error;
        const { problem, isFailure } = describeError(error, requestId);
        if (isFailure) await hooks.onFailure(error);
        return { problem };
      }
    });
    answers.push(...(await Promise.all(window)));
  }
  return answers;
}
