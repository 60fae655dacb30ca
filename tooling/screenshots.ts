/**
 * `npm run screenshots`: the pictures in the documentation, taken of the demo that `npm start` shows.
 */
import { mkdir } from 'node:fs/promises';

import { systemClock } from '@valetkey/core';
import { startChromium } from '@valetkey/testbed';

import { buildPages } from './start/build.ts';
import { createProgress } from './start/progress.ts';
import { createShutdown } from './start/shutdown.ts';
import { startSigner } from './start/signer.ts';
import { startStore } from './start/store.ts';

const folder = 'docs/images';
const say = (text: string) => void process.stdout.write(text);
const progress = createProgress(say, () => systemClock.now());
const shutdown = createShutdown(say);
const file = (name: string, bytes: number, mimeType: string) => ({
  name,
  mimeType,
  buffer: Buffer.alloc(bytes, 'a'),
});

try {
  const store = await startStore(progress, shutdown);
  await buildPages();
  const { console } = await startSigner(store, shutdown);
  const chromium = await startChromium();
  shutdown.onStop('Chromium', chromium.stop);
  await mkdir(folder, { recursive: true });
  const page = await chromium.browser.newPage({
    viewport: { width: 1100, height: 900 },
    deviceScaleFactor: 1,
  });
  const shoot = async (name: string) => {
    await page.screenshot({ path: `${folder}/${name}.png` });
    say(`${folder}/${name}.png\n`);
  };

  await page.goto(console);
  const pick = page.locator('.uppy-Dashboard-input').first();
  await pick.setInputFiles([
    file('quarterly-report.pdf', 1_400_000, 'application/pdf'),
    file('team.jpg', 820_000, 'image/jpeg'),
    file('readings.csv', 96_000, 'text/csv'),
  ]);
  await page.getByRole('button', { name: 'Upload 3 files' }).click();
  await page.getByText('Complete').first().waitFor();
  await page.getByRole('radio', { name: 'team.jpg' }).waitFor();
  await page.getByRole('radio', { name: 'quarterly-report.pdf' }).check();
  // Uppy's own message about the finished upload passes by.
  await page.waitForTimeout(6000);
  await shoot('upload-finished');

  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Generate URL' }).click();
  await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
  await shoot('share-dialog');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Done' }).click();
  await pick.setInputFiles([file('quarterly-report.pdf', 1_500_000, 'application/pdf')]);
  await page.getByRole('button', { name: 'Upload 1 file' }).click();
  await page.getByRole('alert').getByText('exists already').waitFor();
  await page.waitForTimeout(6000);
  await shoot('upload-refused');

  await page.getByRole('link', { name: 'Kubernetes shares' }).click();
  await page.getByText('Admitted by the policy').waitFor();
  await shoot('kubernetes-preview');
} finally {
  await shutdown.run();
}
