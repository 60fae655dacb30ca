import type { EngineDescriptions, EngineName } from './provided.ts';

/**
 * The engine's description; a test that cannot have its engine fails with what to install, it never skips.
 *
 * @throws Error saying why the engine is not there and what to do about it.
 *
 * @example
 * ```ts
 * const s3 = requireEngine(inject('engines'), 'seaweedfs');
 * ```
 *
 * @internal
 */
export const requireEngine = <N extends EngineName>(
  engines: EngineDescriptions,
  name: N,
): NonNullable<EngineDescriptions[N]> => {
  const description = engines[name];
  if (description === undefined || description === null) {
    throw new Error(engines.absent[name] ?? `The engine ${name} was not started in this run`);
  }
  return description;
};
