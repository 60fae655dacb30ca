/**
 * `npm run screenshots`: the pictures in the documentation, taken of the demo that `npm start` shows and of the
 * browser examples beside it.
 */
import { systemClock } from '@valetkey/core';
import { startChromium } from '@valetkey/testbed';

import { buildExamples } from './screenshots/build-examples.ts';
import { createCamera } from './screenshots/camera.ts';
import { shootConsole } from './screenshots/console.ts';
import { shootCorsRefused, shootExamples } from './screenshots/examples.ts';
import { buildPages } from './start/build.ts';
import { createProgress } from './start/progress.ts';
import { createShutdown } from './start/shutdown.ts';
import { startSigner } from './start/signer.ts';
import { startStore } from './start/store.ts';

const say = (text: string) => void process.stdout.write(text);
const progress = createProgress(say, () => systemClock.now());
const shutdown = createShutdown(say);

try {
  const store = await startStore(progress, shutdown);
  await buildPages();
  const pages = await startSigner(store, shutdown, await buildExamples());
  const chromium = await startChromium();
  shutdown.onStop('Chromium', chromium.stop);
  await shootConsole(await createCamera(chromium, { width: 1100, height: 900 }, say), pages.console);
  const camera = await createCamera(chromium, { width: 900, height: 700 }, say);
  await shootExamples(camera, pages);
  // A store that was there before keeps its own CORS rules.
  if (store.name !== 'existing') await shootCorsRefused(camera, pages, store);
} finally {
  await shutdown.run();
}
