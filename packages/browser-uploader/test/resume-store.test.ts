import { expect, inject, onTestFinished, test } from 'vitest';

import { openPage } from './page-under-test.ts';

const script = `
  import { createIndexedDbResumeStore } from '../src/engine/resume/indexed-db-resume-store.ts';
  import { reopenFile } from '../src/engine/resume/reopen-file.ts';
  import { keepFileHandle, unfinishedUploads } from '../src/engine/resume/unfinished-uploads.ts';
  globalThis.notes = [];
  globalThis.now = Date.parse('2026-11-24T12:00:00Z');
  globalThis.scope = { endpoint: 'https://sign.example', policy: 'files' };
  globalThis.store = createIndexedDbResumeStore({ now: () => now, onUnavailable: (reason) => notes.push(reason) });
  globalThis.entry = (id, expiresAt = '2026-11-25T12:00:00Z') => ({ id, nonce: 'nonce-nonce', name: 'a.txt', type: 'text/plain', bytes: 5, key: 'key', expiresAt });
  globalThis.unfinished = () => unfinishedUploads({ now: () => now });
  Object.assign(globalThis, { keepFileHandle, reopenFile });
`;

/** A handle as a file picker gives one, of the page's own file system. */
const getHandle = `navigator.storage.getDirectory().then((folder) => folder.getFileHandle('a.txt', { create: true }))`;

async function opened() {
  const answer = async () =>
    new Response('<script src="/page.js"></script>', {
      headers: { 'content-type': 'text/html', 'content-security-policy': 'sandbox allow-scripts' },
    });
  const under = await openPage({ engines: inject('engines'), script, answer });
  onTestFinished(under.stop);
  return under;
}

test('an entry outlives a reload, and is found by the same file', async () => {
  const { page } = await opened();
  await page.evaluate(
    `store.fingerprint(new File(['hello'], 'a.txt', { lastModified: 1 }), scope).then((print) => store.put(print, entry('one')))`,
  );
  await page.reload();
  const found = await page.evaluate(
    `store.fingerprint(new File(['hello'], 'a.txt', { lastModified: 1 }), scope).then((print) => store.get(print))`,
  );
  expect(found).toMatchObject({ id: 'one', key: 'key' });
  const changed = await page.evaluate(
    `store.fingerprint(new File(['hallo'], 'a.txt', { lastModified: 1 }), scope).then((print) => store.get(print))`,
  );
  expect(changed).toBeUndefined();
});

test('an entry outlives a crash of its page', async () => {
  const { page, context } = await opened();
  const url = page.url();
  await page.evaluate(`store.put('print', entry('one'))`);
  const crashed = page.waitForEvent('crash');
  await page.goto('chrome://crash').catch((error: unknown) => expect(String(error)).toContain('crash'));
  await crashed;
  const again = await context.newPage();
  await again.goto(url);
  await expect.poll(() => again.evaluate(`store.get('print').then((found) => found?.id)`)).toBe('one');
});

test('nothing is kept longer than its session', async () => {
  const { page } = await opened();
  await page.evaluate(`store.put('old', entry('one', '2026-11-24T12:00:01Z'))`);
  await page.reload();
  await page.evaluate(`now += 2000`);
  expect(await page.evaluate(`store.get('old')`)).toBeUndefined();
  await page.evaluate(`now -= 2000`);
  expect(await page.evaluate(`store.get('old')`)).toBeUndefined();
});

test('a deleted entry is gone, and deleting none is fine', async () => {
  const { page } = await opened();
  await page.evaluate(`store.put('print', entry('one'))`);
  await page.evaluate(`store.delete('print').then(() => store.delete('print'))`);
  expect(await page.evaluate(`store.get('print')`)).toBeUndefined();
  expect(await page.evaluate(`unfinished()`)).toEqual([]);
});

test('a second tab neither takes an upload that is under way nor loses its entry', async () => {
  const { page, context } = await opened();
  await page.evaluate(`store.get('print').then(() => store.put('print', entry('first tab')))`);
  const other = await context.newPage();
  await other.goto(page.url());
  expect(await other.evaluate(`store.get('print')`)).toBeUndefined();
  await other.evaluate(`store.put('print', entry('second tab')).then(() => store.delete('print'))`);
  expect(await page.evaluate(`store.get('print').then(({ id }) => id)`)).toBe('first tab');
  await page.close();
  await expect.poll(() => other.evaluate(`store.get('print').then((found) => found?.id)`)).toBe('first tab');
});

test('an upload that is taken is said to be of no other tab, where the browser has locks', async () => {
  const { page } = await opened();
  const isExclusive = `store.get('print').then((taken) => taken.isExclusive)`;
  await page.evaluate(`store.put('print', entry('one'))`);
  expect(await page.evaluate(isExclusive)).toBe(true);
  // As on http origins.
  await page.evaluate(`Object.defineProperty(navigator, 'locks', { value: undefined })`);
  expect(await page.evaluate(isExclusive)).toBe(false);
});

test('two tabs with a hundred uploads each keep all two hundred', async () => {
  const { page, context } = await opened();
  const other = await context.newPage();
  await other.goto(page.url());
  const fill = (tab: string) =>
    `Promise.all(Array.from({ length: 100 }, (_, i) => store.put('${tab}' + i, entry('${tab}' + i))))`;
  await Promise.all([page.evaluate(fill('a')), other.evaluate(fill('b'))]);
  expect(await page.evaluate(`unfinished().then(({ length }) => length)`)).toBe(200);
});

test('without IndexedDB nothing is resumed, nothing fails, and it is said once', async () => {
  const { page, pageOrigin } = await opened();
  // An opaque origin, which the browser lets keep nothing.
  await page.goto(`${pageOrigin}/sandboxed`);
  expect(
    await page.evaluate(`store.put('print', entry('one')).then(() => store.get('print'))`),
  ).toBeUndefined();
  await page.evaluate(`store.delete('print')`);
  expect(await page.evaluate(`notes`)).toEqual([
    'The browser lets this page keep nothing, as in a private window.',
  ]);
});

test('a full disk degrades to no resume, with a note', async () => {
  const { page, context } = await opened();
  const devtools = await context.newCDPSession(page);
  const { origin } = new URL(page.url());
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await page.evaluate(`store.put('print', entry('x'.repeat(5_000_000)))`);
  expect(await page.evaluate(`notes`)).toEqual(['The browser has no room left for this site.']);
});

test('a kept file handle is offered after a reload, and forgotten with its upload', async () => {
  const { page } = await opened();
  await page.evaluate(`${getHandle}.then(async (handle) => {
    await store.put(await store.fingerprint(await handle.getFile(), scope), entry('one'));
    globalThis.kept = await keepFileHandle(handle, scope);
  })`);
  expect(await page.evaluate(`kept`)).toBe(true);
  await page.reload();
  expect(await page.evaluate(`unfinished().then(([{ name, reopen }]) => [name, typeof reopen])`)).toEqual([
    'a.txt',
    'function',
  ]);
  expect(await page.evaluate(`unfinished().then(([{ forget }]) => forget()).then(unfinished)`)).toEqual([]);
});

// Reading a stored handle back ends Chromium's headless shell, so the handle here is a fresh one.
test('a handle reopens its file, and a file that is gone is none', async () => {
  const { page } = await opened();
  await page.evaluate(`${getHandle}.then(async (handle) => {
    const writable = await handle.createWritable();
    await writable.write('hello');
    await writable.close();
  })`);
  expect(await page.evaluate(`${getHandle}.then(reopenFile).then((file) => file.text())`)).toBe('hello');
  const gone = `${getHandle}.then(async (handle) => {
    await (await navigator.storage.getDirectory()).removeEntry('a.txt');
    return reopenFile(handle);
  })`;
  expect(await page.evaluate(gone)).toBeUndefined();
});

test('a handle of a file that is not under way is not kept', async () => {
  const { page } = await opened();
  expect(await page.evaluate(`${getHandle}.then((handle) => keepFileHandle(handle, scope))`)).toBe(false);
});
