import { ownerGrant } from '@valetkey/core';
import { elementOf, failedBy, isDone } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';
import { testBody } from '../test-object.ts';

/** A large upload can be begun, fed and given up. */
export const multipart: Probe = {
  name: 'multipart',
  run: async ({ bucket, call, callStore, key, store, traces }) => {
    const object = { bucket, key: key('multipart') };
    const grant = ownerGrant({ method: 'PUT', ...object, lifetimeSeconds: 300 }, store);
    const created = await callStore({ kind: 'create-multipart', grant });
    const uploadId = elementOf(created.body, 'UploadId');
    if (!isDone(created) || uploadId === '') {
      return failedBy(
        created,
        'a multipart upload cannot be begun',
        'Give the keys s3:PutObject on this prefix.',
      );
    }
    traces.addUpload(uploadId, object.key);
    const query = { partNumber: '1', uploadId };
    const part = await call({ method: 'PUT', key: object.key, query }, { body: testBody });
    const aborted = await callStore({ kind: 'abort-multipart', ...object, uploadId });
    if (!isDone(part)) {
      return failedBy(part, 'a signed part is refused', 'Give the keys s3:PutObject on this prefix.');
    }
    if (!isDone(aborted)) {
      return failedBy(
        aborted,
        'a multipart upload cannot be given up',
        'Give the keys s3:AbortMultipartUpload, and let a lifecycle rule remove what is left.',
      );
    }
    const parts = await callStore({ kind: 'list-parts', ...object, uploadId });
    return parts.status === 404 || elementOf(parts.body, 'PartNumber') === ''
      ? pass('a multipart upload is begun, fed and given up, and nothing stays')
      : fail(
          'parts stay after a multipart upload was given up',
          'Let a lifecycle rule remove unfinished uploads.',
        );
  },
};
