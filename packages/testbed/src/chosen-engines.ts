const groups = ['s3', 'kubernetes', 'chromium', 'redis'] as const;

/** Engines that are started or left out together. @internal */
export type EngineGroup = (typeof groups)[number];

/**
 * The groups that `VALETKEY_TEST_ENGINES` chooses: all when it is unset, none for `none`, else those of its
 * comma-separated list. A narrowed run is reported.
 *
 * @throws Error for a name that is no group.
 *
 * @internal
 */
export const chosenGroups = (
  choice: string | undefined,
  report: (line: string) => void,
): ReadonlySet<EngineGroup> => {
  if (!choice) return new Set(groups);
  report(`VALETKEY_TEST_ENGINES=${choice}: tests that need another engine fail`);
  if (choice === 'none') return new Set();
  return new Set(choice.split(',').map(toGroup));
};

const toGroup = (name: string): EngineGroup => {
  const group = groups.find((known) => known === name.trim());
  if (group) return group;
  throw new Error(`VALETKEY_TEST_ENGINES takes none or a list of ${groups.join(', ')}; not ${name}`);
};
