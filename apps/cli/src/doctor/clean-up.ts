/** Takes away what the probes made, whatever became of them, and looks whether something is left. */
import { ValetkeyError } from '@valetkey/core';
import { elementsOf, isDone, type Answer } from './answer.ts';
import { fail, pass, type Finding } from './probe.ts';
import { callObject, callStore, type Caller, type ObjectCall } from './signed-call.ts';

const maxDepth = 3;
const notFound = 404;

/** Whether what it removes is gone. */
type Task = () => Promise<boolean>;

/** Removes every object, version, delete marker and unfinished upload below the folder. */
export async function cleanUp(caller: Caller, folder: string): Promise<Finding> {
  const { bucket, traces } = caller;
  const removals = traces.objects.flatMap(({ key, versionIds }): readonly Task[] =>
    versionIds.length === 0
      ? [() => removeKey(caller, key)]
      : versionIds.map((versionId) => () => remove(caller, { key, versionId })),
  );
  const failed = await tryTwice([() => abortUploads(caller, folder), ...removals]);
  const left = await listKeys(caller, folder, maxDepth);
  await tryTwice((left ?? []).map((key) => () => removeKey(caller, key)));
  const stillLeft = left === undefined || left.length === 0 ? left : await listKeys(caller, folder, maxDepth);
  if (failed > 0 || (stillLeft?.length ?? 0) > 0) {
    return fail(
      `${stillLeft?.length ?? 'some'} objects are left, and ${failed} calls failed`,
      `Remove what is below s3://${bucket}/${folder}, old versions too.`,
    );
  }
  const removed = `${traces.objects.length} keys removed`;
  return pass(
    stillLeft === undefined
      ? `${removed}; the keys may not list, so nobody looked whether something is left`
      : `${removed}, nothing is left`,
  );
}

/** One call that fails must not keep the others from being made. Tells how many failed twice. */
async function tryTwice(tasks: readonly Task[]): Promise<number> {
  const failed = await failing(tasks);
  return (await failing(failed)).length;
}

async function failing(tasks: readonly Task[]): Promise<readonly Task[]> {
  const failed: Task[] = [];
  for (const task of tasks) {
    try {
      if (!(await task())) failed.push(task);
    } catch (error) {
      if (!(error instanceof ValetkeyError)) throw error;
      failed.push(task);
    }
  }
  return failed;
}

async function remove(caller: Caller, object: Pick<ObjectCall, 'key' | 'versionId'>): Promise<boolean> {
  return isGone(await callObject(caller, { method: 'DELETE', ...object }));
}

function isGone(answer: Answer): boolean {
  return isDone(answer) || answer.status === notFound;
}

/** In a versioned bucket that makes a delete marker, which goes too. */
async function removeKey(caller: Caller, key: string): Promise<boolean> {
  const answer = await callObject(caller, { method: 'DELETE', key });
  const marker = answer.headers.get('x-amz-version-id');
  return isGone(answer) && (marker === null || (await remove(caller, { key, versionId: marker })));
}

async function abortUploads(caller: Caller, folder: string): Promise<boolean> {
  const { bucket, traces } = caller;
  const listed = await callStore(caller, { kind: 'list-uploads', bucket, prefix: folder });
  const keys = decoded(listed, 'Key');
  const found = elementsOf(listed.body, 'UploadId').map((uploadId, index) => ({
    uploadId,
    key: keys[index] ?? '',
  }));
  // Some stores list other folders' uploads too.
  const ours = [...traces.uploads, ...found.filter(({ key }) => key.startsWith(folder))];
  let areGone = true;
  for (const upload of ours) {
    areGone = isGone(await callStore(caller, { kind: 'abort-multipart', bucket, ...upload })) && areGone;
  }
  return areGone;
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
