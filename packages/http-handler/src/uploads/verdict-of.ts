import type { ServiceContext } from '../service-context.ts';
import { headObject } from '../store/head-object.ts';
import { judgeUpload, type Verdict } from './judge-upload.ts';
import type { OpenUpload } from './open-upload.ts';

/** Looks at the object and decides whose it is. */
export async function verdictOf(context: ServiceContext, { claims, entry }: OpenUpload): Promise<Verdict> {
  const checksum = claims.checksum?.algorithm ?? claims.multipart?.partChecksum;
  const place = { bucket: entry.bucket, key: claims.key, checksum };
  return judgeUpload(claims, await headObject(place, entry.target, context.call()));
}
