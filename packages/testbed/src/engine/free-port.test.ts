import { once } from 'node:events';
import { createServer } from 'node:net';

import { expect, test } from 'vitest';

import { freePorts } from './free-port.ts';

test('hands out different ports that can be bound', async () => {
  const ports = await freePorts(50);
  expect(new Set(ports).size).toBe(50);
  const servers = ports.map((port) => createServer().listen(port, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  for (const server of servers) server.close();
});
