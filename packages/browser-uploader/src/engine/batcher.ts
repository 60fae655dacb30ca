/** Joins calls that are made at almost the same time into one request. */
import type { Environment } from './environment.ts';

/** What is sent together. */
interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer | PromiseLike<Answer>) => void;
  readonly reject: (error: unknown) => void;
}

/** How many and how long. */
export interface BatchOptions<Item, Answer> {
  readonly maxItems: number;
  /** What an item counts for, and how much one request may hold. @default nothing */
  readonly weigh?: ((item: Item) => number) | undefined;
  readonly maxWeight?: number | undefined;
  /** Whether so many need not wait for more. @default when they are `maxItems` */
  readonly isEnough?: ((count: number) => boolean) | undefined;
  /** How long the first of a batch waits for others. */
  readonly windowMs: () => number;
  readonly environment: Pick<Environment, 'sleep'>;
  /** Answers in the order of the items; an answer may be a promise of one. */
  readonly send: (items: readonly Item[]) => Promise<readonly (Answer | PromiseLike<Answer>)[]>;
}

/** A function of one item that is answered out of a batch. */
export function createBatcher<Item, Answer>({
  maxItems,
  weigh = () => 0,
  maxWeight = 0,
  isEnough = () => false,
  windowMs,
  environment,
  send,
}: BatchOptions<Item, Answer>): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let weight = 0;
  const { signal: never } = new AbortController();
  const flush = () => {
    const batch = waiting;
    waiting = [];
    weight = 0;
    if (batch.length > 0) void settle(batch, send);
  };
  return (item) =>
    new Promise((resolve, reject) => {
      const own = weigh(item);
      if (weight + own > maxWeight) flush();
      waiting.push({ item, resolve, reject });
      weight += own;
      if (waiting.length >= maxItems || isEnough(waiting.length)) flush();
      else if (waiting.length === 1) {
        const mine = waiting;
        // A batch that went earlier because it was full does not take its successor along.
        void environment.sleep(windowMs(), never).then(() => (mine === waiting ? flush() : undefined));
      }
    });
}

async function settle<Item, Answer>(
  batch: readonly Waiting<Item, Answer>[],
  send: BatchOptions<Item, Answer>['send'],
): Promise<void> {
  try {
    const answers = await send(batch.map(({ item }) => item));
    for (const [index, { resolve, reject }] of batch.entries()) {
      const answer = answers[index];
      if (answer === undefined) reject(new TypeError('a batch was answered short'));
      else resolve(answer);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
