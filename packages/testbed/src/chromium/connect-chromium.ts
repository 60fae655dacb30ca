import type { Browser } from 'playwright-core';

import type { ChromiumDescription } from './chromium-description.ts';

/**
 * A connection to a running Chromium. Its pages and contexts are its own and go when it is closed; the
 * browser itself goes on.
 *
 * @throws Error of Playwright when nothing answers there.
 *
 * @example
 * ```ts
 * const browser = await connectChromium(requireEngine(inject('engines'), 'chromium'));
 * ```
 *
 * @internal
 */
export const connectChromium = async ({ wsEndpoint }: ChromiumDescription): Promise<Browser> => {
  // Loaded here because it takes a quarter of a second, which tests without a browser do not owe.
  const { chromium } = await import('playwright-core');
  return chromium.connect(wsEndpoint);
};
