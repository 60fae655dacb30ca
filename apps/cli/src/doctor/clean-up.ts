/** Takes away what the probes made, whatever became of them, and looks whether something is left. */
import { elementsOf, isDone, type Answer } from './answer.ts';
import { fail, pass, type Finding } from './probe.ts';
import { callObject, callStore, type Caller } from './signed-call.ts';

const maxDepth = 3;

/** Removes every object, version, delete marker and unfinished upload below the folder. */
export async function cleanUp(caller: Caller, folder: string): Promise<Finding> {
  await abortUploads(caller, folder);
  for (const { key, versionIds } of caller.traces.objects) {
    for (const versionId of versionIds) await callObject(caller, { method: 'DELETE', key, versionId });
    if (versionIds.length === 0) await removeKey(caller, key);
  }
  const left = await listKeys(caller, folder, maxDepth);
  if (left === undefined)
    return pass('all removed; the keys may not list, so nobody looked whether something is left');
  for (const key of left) await removeKey(caller, key);
  const stillLeft = left.length === 0 ? left : ((await listKeys(caller, folder, maxDepth)) ?? []);
  return stillLeft.length === 0
    ? pass(`${caller.traces.objects.length} keys removed, nothing is left`)
    : fail(
        `${stillLeft.length} objects are left, such as ${stillLeft[0]}`,
        `Remove s3://${caller.bucket}/${folder} with keys that may.`,
      );
}

/** In a versioned bucket that makes a delete marker, which goes too. */
async function removeKey(caller: Caller, key: string): Promise<void> {
  const { headers } = await callObject(caller, { method: 'DELETE', key });
  const marker = headers.get('x-amz-version-id');
  if (marker !== null) await callObject(caller, { method: 'DELETE', key, versionId: marker });
}

async function abortUploads(caller: Caller, folder: string): Promise<void> {
  const { bucket, traces } = caller;
  const listed = await callStore(caller, { kind: 'list-uploads', bucket, prefix: folder });
  const keys = decoded(listed, 'Key');
  const found = elementsOf(listed.body, 'UploadId').map((uploadId, index) => ({
    uploadId,
    key: keys[index] ?? '',
  }));
  // Some stores list other folders' uploads too.
  const ours = [...traces.uploads, ...found.filter(({ key }) => key.startsWith(folder))];
  for (const upload of ours) await callStore(caller, { kind: 'abort-multipart', bucket, ...upload });
}

/** Undefined when the keys may not list. */
async function listKeys(
  caller: Caller,
  prefix: string,
  depth: number,
): Promise<readonly string[] | undefined> {
  const answer = await callStore(caller, { kind: 'list', bucket: caller.bucket, prefix });
  if (!isDone(answer)) return undefined;
  // SeaweedFS lists an emptied folder for some seconds (seaweedfs/seaweedfs#9810); no probe makes such a key.
  const keys = decoded(answer, 'Key').filter((key) => key.startsWith(prefix) && !key.endsWith('/'));
  if (depth === 0) return keys;
  const below = decoded(answer, 'Prefix').filter((found) => found.startsWith(prefix) && found !== prefix);
  const deeper = await Promise.all(below.map((found) => listKeys(caller, found, depth - 1)));
  return [...keys, ...deeper.flatMap((found) => found ?? [])];
}

function decoded({ body }: Answer, name: string): readonly string[] {
  return elementsOf(body, name).map(decodeURIComponent);
}
