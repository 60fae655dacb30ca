import type { Fault, FaultMatch, FaultRule } from './fault-rule.ts';

/** Decides for each request in turn. @internal */
export type FaultScript = (method: string, path: string, query?: string) => Fault | undefined;

/**
 * A script that counts from its making on. A request that a rule strikes is not seen by the rules after it.
 *
 * @internal
 */
export const createFaultScript = (rules: readonly FaultRule[]): FaultScript => {
  const counted = rules.map((rule) => ({ rule, matches: 0 }));
  return (method, path, query = '') => {
    for (const entry of counted) {
      const { when, times = 1, fault } = entry.rule;
      if (!isMatch(when, method, path, query)) continue;
      entry.matches += 1;
      const from = when.from ?? 0;
      if (entry.matches > from && entry.matches <= from + times) return fault;
    }
    return undefined;
  };
};

const isMatch = (when: FaultMatch, method: string, path: string, query: string): boolean => {
  if (when.method === undefined ? method === 'OPTIONS' : when.method.toUpperCase() !== method) return false;
  if (when.query !== undefined && query.search(when.query) === -1) return false;
  if (when.path === undefined) return true;
  // `search` keeps no position between calls, as `test` of a global pattern would.
  return typeof when.path === 'string' ? when.path === path : path.search(when.path) !== -1;
};
