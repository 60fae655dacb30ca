/**
 * Joins what is asked while the same work is under way: the first goes at once, what comes meanwhile goes together
 * after it, `most` at a time. A batch that fails is done again one by one, so that nobody fails for another.
 */
export function createGathering<Item, Answer>(
  most: number,
  work: (items: readonly Item[]) => Promise<readonly Answer[]>,
): (item: Item) => Promise<Answer> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let isBusy = false;
  const settle = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const answers = await work(batch.map(({ item }) => item));
      for (const [index, answer] of answers.entries()) batch[index]?.resolve(answer);
    } catch (error) {
      if (batch.length > 1) for (const one of batch) await settle([one]);
      else batch[0]?.reject(error);
    }
  };
  const workOff = async () => {
    isBusy = true;
    // What is asked in the same breath goes along.
    await Promise.resolve();
    while (waiting.length > 0) await settle(waiting.splice(0, most));
    isBusy = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isBusy) void workOff();
    });
}
