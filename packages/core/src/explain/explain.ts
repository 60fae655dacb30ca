import type { Explanation, UrlFinding } from './explanation.ts';
import { methodClue } from './method-clue.ts';
import { parseRawUrl, plusSigns, type RawUrl } from './raw-url.ts';
import { readSignedParameters, type SignedParameters } from './signed-parameters.ts';
import { explainAnswer, type StoreAnswer } from './store-answer.ts';
import { toUrlAddress } from './url-address.ts';
import { urlTraps } from './url-traps.ts';

/** What is known beside the URL. @public */
export interface ExplainOptions {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** What the URL is used with. @default unknown */
  readonly method?: string | undefined;
  /** What the store answered when it did not work. */
  readonly answer?: StoreAnswer | undefined;
}

/**
 * What a presigned URL allows, for whom, how long, what is pinned, and which known trap it holds. Never shows the
 * signature, the session token or the whole access key. Takes anything that a person may paste.
 * @example
 * ```ts
 * const { bucket, key, remainingSeconds, findings } = explain(text, { nowMs: systemClock.now() });
 * ```
 * @public
 */
export function explain(pasted: string, options: ExplainOptions): Explanation {
  const { text, findings } = clean(pasted);
  const url = parseRawUrl(text);
  if (typeof url === 'string') {
    const finding =
      url === plusSigns
        ? problem(
            'plus-signs',
            `Expected ${url}.`,
            'Encode a space as %20; no signature is made over plus signs.',
          )
        : problem('not-a-url', `Expected ${url}.`, 'Copy the whole URL.');
    return { kind: 'unreadable', findings: [...findings, finding] };
  }
  const names = new Set(url.query.map(({ name }) => name.toLowerCase()));
  const kind = kindOf(names);
  const place = placeOf(url);
  const answer = options.answer && { ...options.answer, method: options.answer.method ?? options.method };
  const told = (signedHeaders?: readonly string[]) => {
    const finding = answer && explainAnswer(answer, { url, kind, signedHeaders });
    return finding === undefined ? findings : [finding, ...findings];
  };
  if (kind !== 'sigv4') return { kind, ...place, findings: [...told(), ...otherKind(kind)] };
  const parameters = readSignedParameters(url);
  if (typeof parameters === 'string') {
    return {
      kind,
      ...place,
      findings: [
        ...told(),
        problem('malformed-signature', `Expected ${parameters}.`, 'Copy the whole URL, or sign anew.'),
      ],
    };
  }
  return explainSigned(text, url, parameters, { ...options, findings: told(parameters.signedHeaders) });
}

function explainSigned(
  text: string,
  url: RawUrl,
  parameters: SignedParameters,
  {
    nowMs,
    answer,
    method = answer?.method,
    findings,
  }: ExplainOptions & { readonly findings: readonly UrlFinding[] },
): Explanation {
  const { signedAtMs, lifetimeSeconds, accessKeyId, sessionToken, region, service, signedHeaders } =
    parameters;
  const expiresAtMs = signedAtMs + lifetimeSeconds * 1000;
  const isExpired = nowMs >= expiresAtMs;
  const state = isExpired ? 'expired' : signedAtMs > nowMs ? 'not-yet-valid' : 'valid';
  const versionId = url.query.find(({ name }) => name === 'versionId')?.value;
  const signedFor = methodClue(url, signedHeaders);
  const told = new Set(findings.map(({ code }) => code));
  const traps = urlTraps
    .map((trap) => trap({ text, url, address: toUrlAddress(url), parameters, method }))
    .filter((finding) => finding !== undefined)
    // What explains the store's answer is not said twice.
    .filter(({ code }) => !told.has(code));
  return {
    kind: 'sigv4',
    ...placeOf(url),
    region,
    service,
    credential: { kind: credentialKind(accessKeyId, sessionToken), accessKeyId: mask(accessKeyId) },
    signedAtMs,
    expiresAtMs,
    remainingSeconds: Math.max(0, Math.floor((expiresAtMs - nowMs) / 1000)),
    state,
    signedHeaders,
    ...(signedFor === undefined ? {} : { signedFor }),
    ...(versionId === undefined ? {} : { versionId }),
    findings: [
      ...findings,
      ...(isExpired ? [problem('expired', 'The URL has ended.', 'Sign anew.')] : []),
      ...(state === 'not-yet-valid'
        ? [problem('not-yet-valid', 'The signature is dated in the future.', "Set the signer's clock.")]
        : []),
      ...traps,
    ],
  };
}

/** What copying and mailing does to a URL. */
function clean(pasted: string): { readonly text: string; readonly findings: readonly UrlFinding[] } {
  const findings: UrlFinding[] = [];
  let text = pasted.trim();
  const unquoted = text.replaceAll(/^["'<(]+|["'>)]+$/g, '');
  if (unquoted !== text || text !== pasted) {
    findings.push({
      code: 'pasted-around',
      severity: 'note',
      message: 'White space or quotes stand around the URL.',
      fix: 'Copy the URL alone.',
    });
  }
  text = unquoted;
  if (text.includes('&amp;')) {
    findings.push(
      problem('html-escaped', 'The URL was copied out of HTML: & stands as &amp;.', 'Unescape it.'),
    );
    text = text.replaceAll('&amp;', '&');
  }
  if (/[\r\n]/.test(text)) {
    findings.push(problem('broken-lines', 'The URL is broken over several lines.', 'Join the lines.'));
    text = text.replaceAll(/\s*[\r\n]+\s*/g, '');
  }
  return { text, findings };
}

function kindOf(names: ReadonlySet<string>): Exclude<Explanation['kind'], 'unreadable'> {
  if (names.has('x-amz-signature') || names.has('x-amz-algorithm') || names.has('x-amz-credential'))
    return 'sigv4';
  if (names.has('key-pair-id')) return 'cloudfront';
  return names.has('awsaccesskeyid') || (names.has('signature') && names.has('expires'))
    ? 'sigv2'
    : 'unsigned';
}

function otherKind(kind: 'sigv2' | 'cloudfront' | 'unsigned'): readonly UrlFinding[] {
  switch (kind) {
    case 'sigv2':
      return [
        problem(
          'sigv2',
          'The URL is signed with Signature Version 2, which newer regions and buckets refuse.',
          'Sign with Signature Version 4 (aws4).',
        ),
      ];
    case 'unsigned':
      return [
        {
          code: 'unsigned',
          severity: 'warning',
          message: 'The URL has no signature: a private bucket answers 403.',
          fix: 'Sign it, or copy it with everything after the question mark.',
        },
      ];
    case 'cloudfront':
      return [
        {
          code: 'cloudfront',
          severity: 'note',
          message: 'A signed URL of CloudFront: the distribution decides, not the bucket.',
          fix: 'Look at the key group of the distribution.',
        },
      ];
  }
}

function placeOf(url: RawUrl) {
  const { bucket, key, addressing } = toUrlAddress(url);
  return { scheme: url.scheme, host: url.host, bucket, key, addressing };
}

function credentialKind(accessKeyId: string, sessionToken: string | undefined) {
  if (accessKeyId.startsWith('ASIA') || sessionToken !== undefined) return 'temporary';
  return accessKeyId.startsWith('AKIA') ? 'long-term' : 'unknown';
}

function mask(accessKeyId: string): string {
  return accessKeyId.length <= 8 ? '…' : `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`;
}

function problem(code: string, message: string, fix: string): UrlFinding {
  return { code, severity: 'error', message, fix };
}
