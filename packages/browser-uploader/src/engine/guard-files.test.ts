import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { temporaryFolder } from '@valetkey/testbed';
import { expect, onTestFinished, test } from 'vitest';

import { browserEnvironment } from './environment.ts';
import { markOf } from './file-guard.ts';
import { createFileGuard } from './guard-files.ts';

async function filesOf(...sizes: readonly number[]) {
  const folder = await temporaryFolder('guard-files');
  onTestFinished(folder.remove);
  return Promise.all(
    sizes.map(async (size, index) => {
      const place = path.join(folder.path, `${index}.bin`);
      await writeFile(place, new Uint8Array(size));
      const file = await openAsBlob(place);
      return { file, mark: markOf(file), change: () => writeFile(place, new Uint8Array(size + 1)) };
    }),
  );
}

test.each([
  ['small', [10, 0, 65_536]],
  ['large', [65_537, 200_000, 10]],
])(
  'of %s files that are looked at together, the one that changed fails and the others go on',
  async (_, sizes) => {
    const files = await filesOf(...sizes);
    const guard = createFileGuard(browserEnvironment, () => 0);
    expect(await Promise.allSettled(files.map(guard))).toMatchObject(
      sizes.map(() => ({ status: 'fulfilled' })),
    );
    await files[0]?.change();
    expect(await Promise.allSettled(files.map(guard))).toMatchObject([
      { status: 'rejected', reason: { code: 'file-changed' } },
      { status: 'fulfilled' },
      { status: 'fulfilled' },
    ]);
  },
);

test('a file that is not what was marked fails', async () => {
  const [one] = await filesOf(10);
  const guard = createFileGuard(browserEnvironment, () => 0);
  const other = { file: one?.file ?? new Blob(), mark: { bytes: 9, lastModified: undefined } };
  await expect(guard(other)).rejects.toMatchObject({ code: 'file-changed' });
});
