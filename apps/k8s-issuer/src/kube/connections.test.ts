import { expect, onTestFinished, test } from 'vitest';

import { createConnections } from './connections.ts';

test('pools are shared while the certificates stay, and replaced when their content changes', async () => {
  let digest = 'one';
  const connections = createConnections(() => ({ options: {}, digest }));
  onTestFinished(() => connections.destroy());
  const calls = connections.pool('calls');
  expect(connections.pool('calls')).toBe(calls);
  expect(connections.pool('watches')).not.toBe(calls);
  digest = 'two';
  expect(connections.pool('calls')).not.toBe(calls);
  expect(calls.closed).toBe(true);
});
