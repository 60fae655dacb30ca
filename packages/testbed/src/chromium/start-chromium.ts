import type { Browser } from 'playwright-core';

import type { Report } from '../engine/report.ts';
import { connectChromium } from './connect-chromium.ts';
import { startChromiumEngine } from './start-chromium-engine.ts';

/** A Chromium of one's own. @internal */
export interface RunningChromium {
  readonly browser: Browser;
  /** Ends the browser with all its processes; again is fine. */
  readonly stop: () => Promise<void>;
}

const silent: Report = () => undefined;

/**
 * A new headless Chromium that reaches loopback only; several tests of one run share the engine's instead.
 *
 * @throws MissingEngine and Error as `startChromiumEngine` does.
 *
 * @internal
 */
export const startChromium = async (report: Report = silent): Promise<RunningChromium> => {
  const { description, stop } = await startChromiumEngine(report);
  try {
    return { browser: await connectChromium(description), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
