import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { connectChromium } from './connect-chromium.ts';
import { type ChromiumEngine, startChromiumEngine } from './start-chromium-engine.ts';

let engine: ChromiumEngine;
let browser: Browser;
const servers: Server[] = [];

beforeAll(async () => {
  engine = await startChromiumEngine(() => undefined);
  browser = await connectChromium(engine.description);
});
afterAll(async () => {
  await browser?.close();
  await engine?.stop();
  for (const server of servers) server.close();
});

/** The origin of a server that answers everything with `text`, to other origins as `allowed` says. */
const serve = async (text: string, allowed?: string): Promise<string> => {
  const server = createServer((_, response) => {
    if (allowed) response.setHeader('access-control-allow-origin', allowed);
    response.setHeader('content-type', 'text/html').end(text);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const open = async (url: string) => {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
};

test('evaluates script in a page', async () => {
  const page = await open('data:text/html,<title>Hello</title><p>there');
  expect(await page.evaluate<string>('document.title + document.querySelector("p").textContent')).toBe(
    'Hellothere',
  );
});

test('has a font to lay text out and draw it with', async () => {
  const page = await open('data:text/html,<span>wide</span>');
  expect(await page.evaluate<number>('document.querySelector("span").offsetWidth')).toBeGreaterThan(10);
  expect((await page.screenshot()).byteLength).toBeGreaterThan(1000);
});

test('another origin is read only when it allows it', async () => {
  const page = await open(await serve('<title>page</title>'));
  const read = (url: string) =>
    page.evaluate<string>(`fetch(${JSON.stringify(url)}).then((r) => r.text(), (e) => String(e))`);
  expect(await read(await serve('closed'))).toBe('TypeError: Failed to fetch');
  expect(await read(await serve('open', '*'))).toBe('open');
});

test('reaches loopback by name, and nothing else', async () => {
  const port = new URL(await serve('<title>local</title>')).port;
  expect(await (await open(`http://localhost:${port}`)).title()).toBe('local');
  expect(await (await open(`http://bucket.localhost:${port}`)).title()).toBe('local');
  await expect(open('http://192.0.2.1/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
  await expect(open('http://example.com/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
});

test('two connections share the browser and not its cookies', async () => {
  const origin = await serve('<title>page</title>');
  const [first, second] = await Promise.all([
    connectChromium(engine.description),
    connectChromium(engine.description),
  ]);
  const page = await first.newPage();
  await page.goto(origin);
  await page.evaluate('document.cookie = "mine=1"');
  const other = await second.newPage();
  await other.goto(origin);
  expect(await other.evaluate<string>('document.cookie')).toBe('');
  await first.close();
  expect(await other.title()).toBe('page');
  await second.close();
});
