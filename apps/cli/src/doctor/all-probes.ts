import type { Probe } from './probe.ts';
import { address } from './probes/address.ts';
import { checksum } from './probes/checksum.ts';
import { clock } from './probes/clock.ts';
import { conditionalWrite } from './probes/conditional-write.ts';
import { cors } from './probes/cors.ts';
import { credentials } from './probes/credentials.ts';
import { deletion } from './probes/delete.ts';
import { expiry } from './probes/expiry.ts';
import { get } from './probes/get.ts';
import { head } from './probes/head.ts';
import { length } from './probes/length.ts';
import { multipart } from './probes/multipart.ts';
import { postForm } from './probes/post-form.ts';
import { privacy } from './probes/private.ts';
import { put } from './probes/put.ts';
import { reachable } from './probes/reachable.ts';
import { sessionToken } from './probes/session-token.ts';
import { signature } from './probes/signature.ts';
import { signedHeaders } from './probes/signed-headers.ts';
import { slashes } from './probes/slashes.ts';
import { versions } from './probes/versions.ts';

/** In the order in which they are tried: what others stand on comes first. */
export const allProbes: readonly Probe[] = [
  reachable,
  clock,
  credentials,
  address,
  put,
  get,
  head,
  deletion,
  privacy,
  signature,
  expiry,
  sessionToken,
  signedHeaders,
  length,
  checksum,
  conditionalWrite,
  postForm,
  multipart,
  versions,
  slashes,
  cors,
];
