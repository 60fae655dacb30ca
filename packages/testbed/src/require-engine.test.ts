import { expect, test } from 'vitest';

import type { EngineDescriptions } from './provided.ts';
import { requireEngine } from './require-engine.ts';

const seaweedfs = {
  name: 'seaweedfs',
  endpoint: 'http://127.0.0.1:8333',
  region: 'us-east-1',
  accessKeyId: 'id',
  secretAccessKey: 'secret',
} as const;
const engines: EngineDescriptions = { seaweedfs, absent: { versitygw: 'versitygw is missing. Install Go.' } };

test('answers with the engine that was started', () => {
  expect(requireEngine(engines, 'seaweedfs')).toBe(seaweedfs);
});

test('fails with what to install for an engine that could not be had', () => {
  expect(() => requireEngine(engines, 'versitygw')).toThrow('versitygw is missing. Install Go.');
});

test('fails for an engine nobody started', () => {
  expect(() => requireEngine(engines, 'kubernetes')).toThrow('kubernetes was not started in this run');
});
