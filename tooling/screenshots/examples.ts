/** The browser examples after an upload, and what a person reads when the bucket has no CORS rule for the page. */
import { allowOrigins, type S3Description } from '@valetkey/testbed';

import { demoBucket } from '../start/demo-files.ts';
import type { DemoPages } from '../start/signer.ts';
import { exampleNames } from './build-examples.ts';
import { file, type Camera, type Page } from './camera.ts';

export async function shootExamples({ page, shoot }: Camera, { example }: DemoPages): Promise<void> {
  for (const name of exampleNames) {
    await page.goto(addressOf(name, example));
    await upload(page, `readings-${name}.csv`);
    await page.getByText('is in the bucket as').waitFor();
    const passing = page.getByText('1 file is uploaded').first();
    await passing.waitFor();
    await passing.waitFor({ state: 'hidden' });
    await shoot(`example-${name}`);
  }
}

/** Takes the pages out of the bucket's CORS rule for good. */
export async function shootCorsRefused(
  { page, shoot }: Camera,
  { console, example }: DemoPages,
  store: S3Description,
): Promise<void> {
  await allowOrigins(store, demoBucket, [new URL(console).origin]);
  await page.goto(addressOf('react', example));
  await upload(page, 'readings.csv');
  const messages = page.locator('.uppy-Informer');
  await messages.getByText('needs a CORS rule').first().waitFor();
  // Uppy's own message, which passes by, slides over a copy of it.
  await messages.getByText('Failed to upload').first().waitFor({ state: 'hidden' });
  await page.waitForTimeout(700);
  await shoot('cors-refused');
}

function addressOf(name: string, example: string): string {
  return example.replace('/?', `/${name}/?`);
}

async function upload(page: Page, name: string): Promise<void> {
  await page
    .locator('.uppy-Dashboard-input')
    .first()
    .setInputFiles([file(name, 96_000, 'text/csv')]);
  await page.getByRole('button', { name: 'Upload 1 file' }).click();
}
