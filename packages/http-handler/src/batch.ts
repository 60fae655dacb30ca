import type { Problem } from '@valetkey/protocol';

import { RateLimited } from './rate-limits.ts';
import type { ServiceContext } from './service-context.ts';
import { StoreBusy, type AskStore } from './store-places.ts';
import { describeError } from './to-problem.ts';

/** Items worked on at the same time. */
const width = 16;

/** What every operation is told of the request it answers. */
export interface Call {
  readonly requestId: string;
  /** Where places with stores are bounded: holds one while the store is asked. */
  readonly askStore?: AskStore;
}

/** Asks a store as a part of a call. Throws StoreBusy where it may not be asked by more. */
export function askStore<Answer>(
  { stores }: Pick<ServiceContext, 'stores'>,
  call: Call,
  store: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  return call.askStore === undefined ? ask() : call.askStore({ store, ofStores: stores.size }, ask);
}

/**
 * Answers item by item: one that fails does not fail the others. Where none could ask its store, the call is refused as
 * a whole.
 */
export async function answerEach<Item, Answer>(
  { hooks }: ServiceContext,
  { requestId }: Call,
  items: readonly Item[],
  answer: (item: Item) => Promise<Answer>,
): Promise<readonly (Answer | { readonly problem: Problem })[]> {
  const answers: (Answer | { readonly problem: Problem })[] = [];
  const busy: StoreBusy[] = [];
  for (let start = 0; start < items.length; start += width) {
    const window = items.slice(start, start + width).map(async (item) => {
      try {
        return await answer(item);
      } catch (error) {
        if (error instanceof StoreBusy) busy.push(error);
        // The limit is the whole call's.
        else if (error instanceof RateLimited) throw error;
        const { problem, isFailure } = describeError(error, requestId);
        if (isFailure) await hooks.onFailure(error);
        return { problem };
      }
    });
    answers.push(...(await Promise.all(window)));
  }
  const [refusal] = busy;
  if (refusal !== undefined && busy.length === items.length) throw refusal;
  return answers;
}
