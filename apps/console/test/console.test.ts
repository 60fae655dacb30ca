import { createRequire } from 'node:module';

import { allowOrigins, putObject } from '@valetkey/testbed';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import {
  aFile,
  consoleUnderTest,
  token,
  upload,
  uploads,
  pick,
  type ConsoleUnderTest,
} from './console-under-test.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Answers of axe that would keep somebody out. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(await (await import('node:fs/promises')).readFile(axePath, 'utf8'));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] });
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html)
          .join(' | ')
          .slice(0, 300)}`,
    );
  });
}

const select = (page: Page, name: string) => page.getByRole('radio', { name }).check();

async function withObject(key = 'uploads/report.txt', options: Parameters<typeof consoleUnderTest>[0] = {}) {
  const under = await consoleUnderTest(options);
  await putObject(under.s3, { bucket: under.bucket, key, body: 'the report', contentType: 'text/plain' });
  await under.page.getByRole('button', { name: 'Refresh' }).click();
  return under;
}

async function generate(
  { page }: Pick<ConsoleUnderTest, 'page'>,
  amount: string,
  unit: string,
): Promise<string> {
  await page.getByRole('textbox', { name: 'Amount' }).fill(amount);
  await page.getByRole('combobox', { name: 'Unit' }).selectOption(unit);
  await page.getByRole('button', { name: 'Generate URL' }).click();
  return page.getByRole('textbox', { name: 'Link' }).inputValue();
}

test('files are uploaded, stand in the list, are shared, and the link opens one object only', async () => {
  const under = await consoleUnderTest();
  const { page } = under;
  await upload(page, [aFile('one.txt', 'first'), aFile('two.txt', 'second')]);
  await page.getByText('Complete').first().waitFor();
  await page.getByRole('radio', { name: 'one.txt' }).waitFor();
  await select(page, 'two.txt');
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByText('At most 12 hours: the policy allows no more.').waitFor();
  const link = await generate(under, '2', 'hours');
  const response = await fetch(link);
  expect(await response.text()).toBe('second');
  expect(response.headers.get('content-disposition')).toContain('filename="two.txt"');
  expect((await fetch(link.split('?')[0] ?? '')).status).toBe(403);
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.getByText('Copied.').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
  expect(await page.locator('.shared-link time').getAttribute('datetime')).toMatch(/^\d{4}-/);
  expect(await page.locator('.shared-link').textContent()).toMatch(/in (2 hours|1 hour 59 minutes)/);
  expect(under.complaints).toEqual([]);
});

test('files are dropped onto the page, and their progress is shown', async () => {
  const { page, storeFaults } = await consoleUnderTest();
  storeFaults.script([{ when: { method: 'PUT' }, fault: { kind: 'delay', ms: 5000 } }]);
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['x'.repeat(2_000_000)], 'dropped.txt', { type: 'text/plain' }));
    return data;
  });
  await page.locator('.uppy-Dashboard-AddFiles').waitFor();
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('.uppy-Dashboard-inner', type, { dataTransfer: transfer });
  }
  await page.getByRole('button', { name: 'Upload 1 file' }).click();
  await page.getByText(/Uploading: \d+%/).waitFor();
  await page.getByText('Complete').first().waitFor();
  await page.getByRole('radio', { name: 'dropped.txt' }).waitFor();
});

test('Actions → Create pre-signed URL opens the same dialog, by keyboard alone, and focus comes back', async () => {
  const { page } = await withObject();
  await page.getByRole('radio', { name: 'report.txt' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Actions' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Create pre-signed URL' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Share report.txt' }).waitFor();
  await page.keyboard.press('Tab');
  await page.getByRole('textbox', { name: 'Amount' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Link' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // The browser tells of the end of a dialog a task after it is gone.
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Share');
});

test.each([
  ['0', 'minutes', 'Enter a whole number of minutes, at least 1.'],
  ['abc', 'days', 'Enter a whole number of days, at least 1.'],
  ['1', 'days', 'Enter at most 12 hours.'],
])('an expiration of %s %s is refused beside the field: %s', async (amount, unit, message) => {
  const under = await withObject();
  await select(under.page, 'report.txt');
  await under.page.getByRole('button', { name: 'Share' }).click();
  await under.page.getByRole('textbox', { name: 'Amount' }).fill(amount);
  await under.page.getByRole('combobox', { name: 'Unit' }).selectOption(unit);
  await under.page.getByRole('button', { name: 'Generate URL' }).click();
  await under.page.getByRole('alert').getByText(message).waitFor();
  expect(await under.page.getByRole('textbox', { name: 'Link' }).count()).toBe(0);
});

test('a link that has ended answers 403, and the page takes it away', async () => {
  const under = await withObject('uploads/report.txt', {
    policies: [{ ...uploads, lifetime: { default: '6s', max: '8s' } }],
  });
  await select(under.page, 'report.txt');
  await under.page.getByRole('button', { name: 'Share' }).click();
  await under.page.getByText('At most 8 seconds: the policy allows no more.').waitFor();
  const answer = await under.page.evaluate(async () => {
    const response = await fetch('v1/downloads', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        policy: 'uploads',
        items: [{ key: 'uploads/report.txt' }],
        expiresInSeconds: 6,
      }),
    });
    return (await response.json()) as { items: { url: string }[] };
  });
  const url = answer.items[0]?.url ?? '';
  expect((await fetch(url)).status).toBe(200);
  await expect.poll(async () => (await fetch(url)).status).toBe(403);
});

describe('a file that may not be uploaded is refused before anything is sent', () => {
  test.each([
    [
      'over the limit',
      aFile('big.txt', Buffer.alloc(5 * 1024 * 1024 + 1)),
      /exceeds maximum allowed size of 5(\.0)? M/,
    ],
    [
      'of another type',
      aFile('page.html', '<p>', 'text/html'),
      /You can only upload: text\/plain, image\/png/,
    ],
    ['that is empty', aFile('empty.txt', ''), /smaller than the allowed size of 1 B/],
  ])('%s', async (_title, file, message) => {
    const { page, storeFaults } = await consoleUnderTest();
    await page.getByText('Up to 5 MB each.').waitFor();
    await expect
      .poll(() => page.locator('.uppy-Dashboard-input').first().getAttribute('accept'))
      .toContain('text/plain');
    await pick(page, [file]);
    await page.getByText(message).first().waitFor();
    expect(await page.getByRole('button', { name: /^Upload \d/ }).count()).toBe(0);
    expect(storeFaults.log()).toEqual([]);
  });
});

test.each([
  ['../../etc/passwd.txt', 'passwd.txt'],
  ['a\u0007b.txt', 'a-b.txt'],
  ['🎉 party.txt', '-party.txt'],
  [`${'n'.repeat(296)}.txt`, `${'n'.repeat(96)}.txt`],
])('a file named %j arrives as %s', async (name, kept) => {
  const { page } = await consoleUnderTest();
  // A file chooser takes the last part of a path; a script that adds files does not.
  await page
    .locator('.uppy-Dashboard-input')
    .first()
    .evaluate((input, given) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['hello'], given, { type: 'text/plain' }));
      (input as HTMLInputElement).files = transfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }, name);
  await page.getByRole('button', { name: 'Upload 1 file' }).click();
  await page.getByRole('radio', { name: kept }).waitFor();
});

test('two files of one name: the second is told that the name is taken, and the first is untouched', async () => {
  const { page } = await withObject();
  await upload(page, [aFile('report.txt', 'another report')]);
  await page
    .getByRole('alert')
    .getByText(/A file of this name exists already/)
    .first()
    .waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Retry upload', exact: true }).count()).toBe(0);
  await select(page, 'report.txt');
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await generate({ page }, '1', 'minutes');
  expect(await (await fetch(link)).text()).toBe('the report');
});

describe('faults', () => {
  test('the signer being down for a while delays the upload and loses nothing', async () => {
    const { page, signerFaults } = await consoleUnderTest();
    signerFaults.script([{ when: { path: /\/v1\/uploads/ }, times: 3, fault: { kind: 'reset' } }]);
    await upload(page, [aFile('late.txt')]);
    await page.getByText('Complete').first().waitFor();
    await page.getByRole('radio', { name: 'late.txt' }).waitFor();
  });

  test.each([
    ['503', { kind: 'status', status: 503, headers: { 'retry-after': '1' }, corsHeaders: true }],
    ['a reset', { kind: 'reset', at: 'body', afterBytes: 1 }],
    ['a lost answer', { kind: 'lost-answer' }],
  ] as const)('%s of the store is tried again until the file is there', async (_title, fault) => {
    const { page, storeFaults } = await consoleUnderTest();
    storeFaults.script([{ when: { method: 'PUT' }, times: 2, fault }]);
    await upload(page, [aFile('again.txt')]);
    await page.getByText('Complete').first().waitFor();
    await page.getByRole('radio', { name: 'again.txt' }).waitFor();
  });

  test('403 of the store is told with what the store said', async () => {
    const { page, storeFaults } = await consoleUnderTest();
    const body =
      '<Error><Code>SignatureDoesNotMatch</Code><Message>The signature is not yours.</Message></Error>';
    storeFaults.script([
      {
        when: { method: 'PUT' },
        times: 9,
        fault: { kind: 'status', status: 403, body, contentType: 'application/xml', corsHeaders: true },
      },
    ]);
    await upload(page, [aFile('refused.txt')]);
    await page.getByText('Upload failed').first().waitFor();
    await expect
      .poll(() => page.evaluate(() => document.body.textContent))
      .toContain(
        'The store refused the upload with status 403 (SignatureDoesNotMatch: The signature is not yours.)',
      );
  });

  test('a bucket without a CORS rule for the page is told with the rule to add', async () => {
    const under = await consoleUnderTest({ allowsPage: false });
    await upload(under.page, [aFile('cors.txt')]);
    await expect
      .poll(() => under.page.evaluate(() => document.body.textContent))
      .toMatch(/does not let this page upload \(CORS\).*AllowedOrigins \["http:\/\/127\.0\.0\.1:\d+"\]/);
    await allowOrigins(under.s3, under.bucket, [new URL(under.address).origin]);
    await under.page.getByRole('button', { name: 'Retry upload', exact: true }).first().click();
    await under.page.getByRole('radio', { name: 'cors.txt' }).waitFor();
  });

  test('the tab reloaded during an upload: the person is asked, and the file can be sent again', async () => {
    const { page, storeFaults, address } = await consoleUnderTest();
    storeFaults.script([{ when: { method: 'PUT' }, fault: { kind: 'black-hole' } }]);
    await upload(page, [aFile('reloaded.txt')]);
    await expect.poll(() => storeFaults.log().filter(({ method }) => method === 'PUT')).toHaveLength(1);
    const asked = new Promise<string>((resolve) => {
      page.once('dialog', (dialog) => {
        resolve(dialog.type());
        void dialog.accept();
      });
    });
    await page.mouse.click(5, 5);
    await Promise.all([asked, page.goto(address, { waitUntil: 'load' })]);
    expect(await asked).toBe('beforeunload');
    storeFaults.clear();
    await upload(page, [aFile('reloaded.txt')]);
    await page.getByRole('radio', { name: 'reloaded.txt' }).waitFor();
  });

  test('a service that is away is said to be, and a button tries again', async () => {
    const { page, signerFaults } = await consoleUnderTest();
    await page.getByText('Nothing is here yet.').waitFor();
    signerFaults.script([
      { when: { path: /\/v1\/objects/ }, times: 1, fault: { kind: 'status', status: 503 } },
    ]);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Nothing is here yet.').waitFor();
  });
});

test('keys are shown safely, whatever they hold', async () => {
  const keys = [
    'uploads/<img src=x onerror=alert(1)>',
    'uploads/invoice\u{E0001}.txt',
    'uploads/a&amp;b',
    'uploads/"quoted" \'name\'',
  ];
  const { page, s3, bucket, complaints } = await consoleUnderTest({
    policies: [{ ...uploads, keys: ['uploads/{any}'], actions: ['list', 'download'], upload: undefined }],
  });
  for (const key of keys) await putObject(s3, { bucket, key, body: 'x', contentType: 'text/plain' });
  await page.getByRole('button', { name: 'Refresh' }).click();
  for (const shown of [
    '<img src=x onerror=alert(1)>',
    'invoice⟨U+E0001⟩.txt',
    'a&amp;b',
    `"quoted" 'name'`,
  ]) {
    await page.getByRole('radio', { name: shown }).waitFor();
  }
  expect(complaints).toEqual([]);
});

describe('who asks', () => {
  test('must show a token where the service wants one; a wrong one is asked for again', async () => {
    const { page } = await consoleUnderTest({ withToken: true });
    await page.getByLabel('Access token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Access token').waitFor();
    await page.getByLabel('Access token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'uploads' }).waitFor();
    await upload(page, [aFile('mine.txt')]);
    await page.getByRole('radio', { name: 'mine.txt' }).waitFor();
  });
});

describe('the second page', () => {
  test('says which policy admits a Share, and why none does as soon as it is edited', async () => {
    const { page } = await consoleUnderTest();
    await page.getByRole('link', { name: 'Kubernetes shares' }).click();
    await page.getByText('Admitted by the policy team-models, into the Secret weights-urls').waitFor();
    const editor = page.getByRole('textbox', { name: 'Share, SharePolicy, stores and Namespaces' });
    await editor.fill((await editor.inputValue()).replace('lifetime: 2h', 'lifetime: 9h'));
    await page.getByRole('heading', { name: 'vision/weights: not published' }).waitFor();
    await page.getByText('LifetimeTooLong').waitFor();
    await editor.fill('kind: [');
    await page
      .getByRole('alert')
      .getByText(/well-formed YAML/)
      .waitFor();
  });
});

describe('everybody can use it', () => {
  test.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['a phone', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }],
  ] as const)(
    '%s: axe finds no barrier on either page, nor in the dialog, and nothing is cut off',
    async (_title, context) => {
      const { page } = await withObject('uploads/report.txt', { context });
      expect(await barriers(page)).toEqual([]);
      await select(page, 'report.txt');
      await page.getByRole('button', { name: 'Share' }).click();
      await page.getByRole('button', { name: 'Generate URL' }).click();
      await page.getByRole('textbox', { name: 'Link' }).waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Kubernetes shares' }).click();
      await page.getByText('Admitted by the policy').waitFor();
      expect(await barriers(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    },
  );

  test('nothing is asked of anybody but the service and the store, and the policy is never broken', async () => {
    const { page, complaints, origins, address, storeFaults } = await consoleUnderTest();
    await upload(page, [aFile('one.txt')]);
    await page.getByRole('radio', { name: 'one.txt' }).waitFor();
    await page.getByRole('link', { name: 'Kubernetes shares' }).click();
    await page.getByText('Admitted by the policy').waitFor();
    const own = new Set([new URL(address).origin, storeFaults.endpoint]);
    expect([...origins].filter((origin) => !own.has(origin) && origin !== 'null')).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
