/** Joins calls that are made at almost the same time into one request. */

/** What is sent together. */
interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** How many and how long. */
export interface BatchOptions<Item, Answer> {
  readonly maxItems: number;
  /** What an item counts for, and how much one request may hold. */
  readonly weigh: (item: Item) => number;
  readonly maxWeight: number;
  /** How long the first of a batch waits for others. */
  readonly windowMs: () => number;
  readonly schedule: (run: () => void, ms: number) => void;
  /** Answers in the order of the items. */
  readonly send: (items: readonly Item[]) => Promise<readonly Answer[]>;
}

/** A function of one item that is answered out of a batch. */
export function createBatcher<Item, Answer>({
  maxItems,
  weigh,
  maxWeight,
  windowMs,
  schedule,
  send,
}: BatchOptions<Item, Answer>): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let weight = 0;
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
      if (waiting.length >= maxItems) flush();
      else if (waiting.length === 1) {
        const mine = waiting;
        // A batch that went earlier because it was full does not take its successor along.
        schedule(() => (mine === waiting ? flush() : undefined), windowMs());
      }
    });
}

async function settle<Item, Answer>(
  batch: readonly Waiting<Item, Answer>[],
  send: (items: readonly Item[]) => Promise<readonly Answer[]>,
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
