/** What was wanted, where it was looked for and what would provide it. @internal */
export interface MissingEngineFacts {
  /** The engine's name, for instance `seaweedfs`. */
  readonly engine: string;
  /** Each place or program that was tried, in order. */
  readonly lookedFor: readonly string[];
  /** What a person installs to get it, as one sentence. */
  readonly install: string;
}

/**
 * An engine that can neither be found nor built here.
 *
 * Its message is complete: tests that need the engine fail with it and never skip.
 *
 * @internal
 */
export class MissingEngine extends Error {
  readonly facts: MissingEngineFacts;

  constructor(facts: MissingEngineFacts, options?: ErrorOptions) {
    const told = `${facts.engine} is missing. Looked for: ${facts.lookedFor.join('; ')}. ${facts.install}`;
    super(`${told}${toReason(options?.cause)}`, options);
    this.name = 'MissingEngine';
    this.facts = facts;
  }
}

/** What is there may not have worked, for want of a network say; a message is all that test workers are given. */
const toReason = (cause: unknown): string =>
  cause instanceof Error && cause.message !== '' ? ` What was tried ended so: ${cause.message}` : '';
