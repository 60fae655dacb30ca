import {
  parseInstant,
  type Grant,
  type PresignedUrl,
  type ResponseTerms,
  type Subject,
} from '@valetkey/core';
import type { DownloadsRequest, DownloadsResponse } from '@valetkey/protocol';

import { answerEach, type Call } from './batch.ts';
import { toContentDisposition } from './content-disposition.ts';
import type { PolicyEntry } from './policy-book.ts';
import { toRequest, toServerTime } from './presigned-request.ts';
import { downloadSigner, enter, grantUnder, type ServiceContext } from './service-context.ts';

type Item = DownloadsRequest['items'][number];

/** Presigned GET requests for objects that a policy covers; whether they exist is the store's to say. */
export async function downloads(
  context: ServiceContext,
  subject: Subject,
  { policy, items, expiresInSeconds }: DownloadsRequest,
  call: Call,
): Promise<DownloadsResponse> {
  const entry = await enter(context, subject, policy);
  const sign = await downloadSigner(context, entry);
  const issued: string[] = [];
  const answers = await answerEach(context, call, items, async (item) => {
    const grant = await grantDownload(context, entry, { subject, item, method: 'GET', expiresInSeconds });
    const url = await sign(grant);
    issued.push(grant.key);
    return { ...toRequest(url, 'GET'), limitedBy: url.limitedBy };
  });
  if (issued.length > 0) await context.hooks.onIssued({ subject, policy, action: 'download', keys: issued });
  return {
    serverTime: toServerTime(context.clock.now()),
    items: answers.map((answer, index) => withRef(items[index]?.ref, answer)),
  };
}

/** A URL to be redirected to, and how long the redirect itself may be kept. */
export interface ObjectRedirect {
  readonly location: string;
  /** Seconds; 0: not at all. */
  readonly maxAgeSeconds: number;
}

/** One object, to be redirected to. */
export interface AskedObject {
  readonly policy: string;
  readonly key: string;
  /** What the redirect is followed with. @default 'GET' */
  readonly method?: 'GET' | 'HEAD';
}

/** Where an object can be had just now. */
export async function redirectToObject(
  context: ServiceContext,
  subject: Subject,
  asked: AskedObject,
): Promise<ObjectRedirect> {
  const entry = await enter(context, subject, asked.policy);
  const { key, method = 'GET' } = asked;
  const terms = { subject, item: { key }, method, expiresInSeconds: undefined };
  const grant = await grantDownload(context, entry, terms);
  const sign = await downloadSigner(context, entry);
  const url = await sign(grant);
  await context.hooks.onIssued({ subject, policy: asked.policy, action: 'download', keys: [grant.key] });
  return { location: url.reveal(), maxAgeSeconds: keptSeconds(context, entry, grant, url) };
}

/**
 * A URL that is the same all through a cache window lives as much longer as is left of it: a redirect to it may be
 * kept until then. Any other must not be reached in its last moments.
 */
function keptSeconds(
  { clock }: ServiceContext,
  { policy }: PolicyEntry,
  { lifetimeSeconds }: Grant,
  { expiresAt, limitedBy }: PresignedUrl,
): number {
  if (limitedBy === 'credentials') return 0;
  const leftSeconds = Math.floor((parseInstant(expiresAt, 'expiresAt') - clock.now()) / 1000);
  const longer = leftSeconds - lifetimeSeconds;
  return Math.min(policy.download.cacheWindowSeconds, longer > 0 ? longer : Math.floor(leftSeconds / 2));
}

interface Asked {
  readonly subject: Subject;
  readonly item: Item;
  readonly method: 'GET' | 'HEAD';
  readonly expiresInSeconds: number | undefined;
}

function grantDownload(
  context: ServiceContext,
  entry: PolicyEntry,
  { subject, item, method, expiresInSeconds }: Asked,
): Promise<Grant> {
  return grantUnder(context, entry, {
    subject,
    method,
    key: item.key,
    versionId: item.versionId,
    lifetimeSeconds: expiresInSeconds,
    response: responseOf(item, entry),
  });
}

function responseOf({ disposition, filename }: Item, { policy }: PolicyEntry): ResponseTerms | undefined {
  const kind = disposition ?? policy.download.disposition;
  if (kind === undefined && filename === undefined) return undefined;
  return { contentDisposition: toContentDisposition(kind ?? 'attachment', filename) };
}

function withRef<Answer extends object>(ref: string | undefined, answer: Answer): Answer & { ref?: string } {
  return { ...(ref === undefined ? {} : { ref }), ...answer };
}
