/** Takes the pictures of one browser page. */
import { mkdir } from 'node:fs/promises';

import type { RunningChromium } from '@valetkey/testbed';

const folder = 'docs/images';

export type Page = Awaited<ReturnType<RunningChromium['browser']['newPage']>>;

export interface Camera {
  readonly page: Page;
  /** Writes what the page shows now to `docs/images/<name>.png`. */
  readonly shoot: (name: string) => Promise<void>;
}

export async function createCamera(
  { browser }: RunningChromium,
  viewport: { readonly width: number; readonly height: number },
  write: (text: string) => void,
): Promise<Camera> {
  await mkdir(folder, { recursive: true });
  const page = await browser.newPage({ viewport, deviceScaleFactor: 1 });
  return {
    page,
    async shoot(name) {
      await page.screenshot({ path: `${folder}/${name}.png` });
      write(`${folder}/${name}.png\n`);
    },
  };
}

/** A file to pick, of any content. */
export function file(name: string, bytes: number, mimeType: string) {
  return { name, mimeType, buffer: Buffer.alloc(bytes, 'a') };
}
