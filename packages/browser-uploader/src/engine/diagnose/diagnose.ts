import type { CompleteResponse, Limits, PresignedRequest, UploadsResponse } from '@valetkey/protocol';

import { browserEnvironment, type Environment } from '../environment.ts';
import { requireBrowser } from '../require-browser.ts';
import { parseStoreError } from '../store-error.ts';
import { UploadError } from '../upload-error.ts';
import type { UploaderOptions } from '../uploader.ts';
import { bucketRule, isAnswered } from '../why-no-answer.ts';
import { ask, Stopped } from './ask.ts';
import { type Check, type CheckResult, type Diagnosis, toDiagnosis } from './diagnosis.ts';

/** A clock that is further off than this is worth a word. */
const skewMs = 60_000;
/** What a policy may ask of the smallest file, for the check to send one. */
const maxBytes = 1_048_576;

/**
 * Uploads one small file step by step, without retries, and says of each step whether it works and what to do when
 * it does not. The file stays in the bucket under the name `valetkey-diagnosis.txt`. Never rejects.
 * @example
 * ```ts
 * const { ok, table } = await diagnose({ endpoint: 'https://sign.example.com', policy: 'avatars' });
 * ```
 * @public
 */
export async function diagnose(
  options: Pick<UploaderOptions, 'endpoint' | 'policy' | 'headers' | 'credentials' | 'environment'>,
): Promise<Diagnosis> {
  const said = new Map<Check, Omit<CheckResult, 'check'>>();
  const say: Say = (check, detail, result = 'ok') => void said.set(check, { result, detail });
  try {
    await run(options, say);
  } catch (error) {
    if (error instanceof Stopped) say(error.check, error.message, 'failed');
    else if (error instanceof UploadError) say('service', error.message, 'failed');
    else say('service', `Something unforeseen: ${error instanceof Error ? error.message : ''}`, 'failed');
  }
  return toDiagnosis(said);
}

type Say = (check: Check, detail: string, result?: CheckResult['result']) => void;

async function run(
  options: Pick<UploaderOptions, 'endpoint' | 'policy' | 'headers' | 'credentials' | 'environment'>,
  say: Say,
): Promise<void> {
  const { environment = browserEnvironment, policy } = options;
  const service = { ...options, environment };
  requireBrowser(environment);
  const limits = await ask<Limits>(service, `/v1/policies/${encodeURIComponent(policy)}`, 'policy');
  say('service', 'It answers, and this page may read its answers.');
  say('signed-in', 'The service knows who asks, or lets anybody.');
  say('policy', policyDetail(limits));
  const body = new Blob(['x'.repeat(Math.max(1, limits.minFileBytes))]);
  if (body.size > maxBytes) throw new Stopped('signing', `The smallest file has ${body.size} bytes.`);
  const begun = await ask<UploadsResponse>(service, '/v1/uploads', 'signing', {
    policy,
    files: [
      {
        ref: '0',
        nonce: environment.newNonce(),
        name: 'valetkey-diagnosis.txt',
        bytes: body.size,
        type: limits.accept.find((type) => !type.includes('*')) ?? 'text/plain',
      },
    ],
  });
  sayClock(begun.serverTime, environment, say);
  const [upload] = begun.uploads;
  if (upload === undefined || 'problem' in upload)
    throw new Stopped('signing', upload?.problem.detail ?? 'No answer for the file.');
  if (upload.mode !== 'put')
    throw new Stopped('signing', 'The policy cuts even the smallest file into parts.');
  say('signing', 'A URL for one PUT of exactly this size and type.');
  await put(upload.request, body, environment, say);
  const completed = await ask<CompleteResponse>(service, '/v1/uploads/complete', 'complete', {
    items: [{ id: upload.id }],
  });
  const [object] = completed.items;
  if (object === undefined || 'problem' in object)
    throw new Stopped('complete', object?.problem.detail ?? 'No answer for the file.');
  say('complete', `The service saw ${object.bytes} bytes as ${object.key}.`);
}

function policyDetail({ policy, actions, maxFileBytes }: Limits): string {
  if (!actions.includes('upload')) throw new Stopped('policy', `${policy} allows no upload.`);
  return `${policy} allows uploads${maxFileBytes === undefined ? '' : ` of at most ${maxFileBytes} bytes`}.`;
}

function sayClock(serverTime: string, { now }: Environment, say: Say): void {
  const offMs = now() - Date.parse(serverTime);
  const seconds = Math.round(Math.abs(offMs) / 1000);
  if (Math.abs(offMs) < skewMs) say('clock', `Within ${seconds + 1} s of the service's.`);
  else {
    const side = offMs > 0 ? 'ahead of' : 'behind';
    say('clock', `${seconds} s ${side} the service's; the uploader reckons by the service's.`, 'warning');
  }
}

async function put(
  { url, method, headers }: PresignedRequest,
  body: Blob,
  environment: Environment,
  say: Say,
): Promise<void> {
  const { origin } = new URL(url);
  const response = await environment
    .fetch(url, { method, headers, body: body.slice(0, body.size, headers['content-type'] ?? '') })
    .catch(async () => {
      throw new Stopped('store', await whyNoAnswer(origin, environment));
    });
  say('store', `${origin} answers this page.`);
  if (!response.ok) {
    const { code, message } = parseStoreError(response.status, await response.text());
    throw new Stopped('put', `Status ${response.status}: ${[code, message].filter(Boolean).join(', ')}.`);
  }
  say('put', `${body.size} bytes stored.`);
  if (response.headers.get('etag') === null)
    say('etag', 'Hidden from this page: add ExposeHeaders ["ETag"] to the CORS rule.', 'warning');
  else say('etag', 'The page can read it.');
}

async function whyNoAnswer(origin: string, environment: Environment): Promise<string> {
  if (!environment.isOnline()) return 'This browser is offline.';
  return (await isAnswered(origin, { environment }))
    ? `${origin} does not let this page upload. Add to the bucket's CORS rule: ${bucketRule(environment.pageOrigin())}`
    : `${origin} does not answer. Look at the store's public endpoint and at this page's connect-src.`;
}
