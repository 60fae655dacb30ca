import { describe, expect, test } from 'vitest';

import { exampleUrl as url, longTerm as keys, nowMs } from '../../test/example-url.ts';
import { toCanonicalRequest } from './canonical-request.ts';
import { explain } from './explain.ts';
import { parseRawUrl } from './raw-url.ts';

describe("a store's answer", () => {
  const xml = (code: string, rest = '') => `<?xml version="1.0"?><Error><Code>${code}</Code>${rest}</Error>`;
  const first = (body: string, text = url(), more: object = {}) =>
    explain(text, { nowMs, answer: { status: 403, body, ...more } }).findings[0];

  test.each([
    [
      xml('AccessDenied', '<Message>Request has expired</Message><Expires>2026-11-24T12:00:00Z</Expires>'),
      'store-expired',
    ],
    [xml('AccessDenied', '<Message>Access Denied</Message>'), 'store-denied'],
    [
      xml(
        'AccessDenied',
        '<Message>There were headers present in the request which were not signed</Message>',
      ),
      'store-unsigned-headers',
    ],
    [
      xml('AccessDenied', '<Message>Query-string authentication requires the Signature parameter</Message>'),
      'store-parameters',
    ],
    [xml('AccessDenied', '<Message>Invalid according to Policy: Policy expired.</Message>'), 'store-expired'],
    [
      xml('AccessDenied', '<Message>Invalid according to Policy: Policy Condition failed: x</Message>'),
      'store-form-condition',
    ],
    [xml('InvalidArgument'), 'store-bad-field'],
    [xml('InvalidPolicyDocument'), 'store-bad-form-policy'],
    [xml('PreconditionFailed'), 'store-exists'],
    [xml('EntityTooLarge'), 'store-too-large'],
    [xml('ExpiredToken'), 'store-session-ended'],
    [xml('InvalidAccessKeyId'), 'store-unknown-key'],
    [xml('RequestTimeTooSkewed'), 'store-clock'],
    [xml('NoSuchKey'), 'store-no-object'],
    [xml('InvalidObjectState'), 'store-archived'],
    [xml('PermanentRedirect'), 'store-other-region'],
    [xml('AuthorizationQueryParametersError'), 'store-parameters'],
    [xml('SlowDown'), 'store-busy'],
    [xml('NewlyInvented'), 'store-error'],
    [xml('SignatureDoesNotMatch'), 'signature-mismatch'],
    ['a page of a proxy', 'store-error'],
  ])('%s means %s', (body, code) => {
    expect(first(body)).toMatchObject({ code, severity: 'error' });
  });

  const canonical = (
    text: string,
    method: string,
    headers: Record<string, string> = {},
    signed = ['host'],
  ) => {
    const parsed = parseRawUrl(text);
    if (typeof parsed === 'string') throw new Error(parsed);
    return toCanonicalRequest({ method, url: parsed, headers: new Map(Object.entries(headers)) }, signed);
  };
  const mismatch = (request: string) =>
    xml('SignatureDoesNotMatch', `<CanonicalRequest>${request.replaceAll('&', '&amp;')}</CanonicalRequest>`);

  test.each([
    [
      'another method',
      canonical(url(), 'PUT'),
      'differs-in-method',
      /saw "PUT", the URL was signed for "GET"/,
    ],
    [
      'another path',
      canonical(url().replace('/a/b', '/a%2Fb').replace('%2F', '/x/'), 'GET'),
      'differs-in-path',
      /saw "\/a\/x\/b\.txt"/,
    ],
    ['another query', canonical(`${url()}&versionId=1`, 'GET'), 'differs-in-query', /versionId=1/],
    [
      'another host',
      canonical(url().replace('user-media.', 'proxy.'), 'GET'),
      'differs-in-headers',
      /saw "host:proxy\./,
    ],
  ])('names the first line that differs: %s', (_title, request, code, message) => {
    const finding = first(mismatch(request), url(), { method: 'GET' });
    expect(finding?.code).toBe(code);
    expect(finding?.message).toMatch(message);
    expect(finding?.message).not.toMatch(/AKIAIOSFODNN7EXAMPLE/);
  });

  test('equal lines mean that the secret is another one', () => {
    expect(first(mismatch(canonical(url(), 'GET')), url(), { method: 'GET' })?.code).toBe('wrong-secret');
  });

  test('headers that are not known are not compared; those that are known are', () => {
    const put = url({ method: 'PUT', headers: { 'content-type': 'text/plain' } });
    const signed = ['content-type', 'host'];
    const seen = (type: string) => mismatch(canonical(put, 'PUT', { 'content-type': type }, signed));
    expect(first(seen('image/png'), put)).toMatchObject({
      code: 'wrong-header-or-secret',
      message: expect.stringContaining('content-type'),
    });
    expect(first(seen('image/png'), put, { headers: { 'Content-Type': 'text/plain' } })).toMatchObject({
      code: 'differs-in-headers',
      message: expect.stringMatching(/saw "content-type:image\/png", .* for "content-type:text\/plain"/),
    });
  });

  test('of a query that differs, the parameter is named and no token shown', () => {
    const session = presignedWithToken();
    const changed = session.replace('response-content-type=a', 'response-content-type=b');
    const finding = first(mismatch(canonical(changed, 'GET')), session, { method: 'GET' });
    expect(finding?.message).toMatch(/saw "response-content-type=b", .* for "response-content-type=a"/);
    const dropped = session.replace(/&X-Amz-Security-Token=[^&]*/, '');
    expect(first(mismatch(canonical(dropped, 'GET')), session)?.message).not.toContain('canary');
  });

  test.each([
    ['Region', 'AuthorizationQueryParametersError', 'eu-west-1', 'store-other-region'],
    ['Endpoint', 'PermanentRedirect', 'b.s3.eu-west-1.amazonaws.com', 'store-other-region'],
    ['StorageClass', 'InvalidObjectState', 'DEEP_ARCHIVE', 'store-archived'],
    ['ArgumentName', 'InvalidArgument', 'partNumber', 'store-bad-field'],
    ['MaxSizeAllowed', 'EntityTooLarge', '10', 'store-too-large'],
  ])('%s of %s is told', (element, error, text, code) => {
    expect(first(xml(error, `<${element}>${text}</${element}>`))).toMatchObject({
      code,
      message: expect.stringContaining(`${element}: "${text}"`),
    });
  });

  test.each([
    [
      'multipart/form-data',
      'store-not-a-form',
      'Bucket POST must be of the enclosure-type multipart/form-data',
    ],
    ['If-None-Match', 'store-exists', 'If-None-Match'],
    ['If-Match', 'store-changed', 'If-Match'],
  ])('a precondition %s that failed means %s', (_name, code, condition) => {
    expect(first(xml('PreconditionFailed', `<Condition>${condition}</Condition>`))?.code).toBe(code);
  });

  test('what a store says is shown without what a terminal would obey', () => {
    const hostile = `<ArgumentName>&#x1b;[31m&#8238;&#xffffffff;${'a'.repeat(500)}</ArgumentName>`;
    const { message = '' } = first(xml('InvalidArgument', hostile)) ?? {};
    expect(message).toContain(String.raw`\u001b[31m\u202e`);
    expect(message.length).toBeLessThan(250);
    expect(first(xml('<script>'))?.message).toBe('The store answered with status 403.');
    expect(first(xml('constructor'))?.code).toBe('store-error');
  });

  test.each([
    [
      'one of Signature Version 2',
      'https://b.s3.amazonaws.com/k?AWSAccessKeyId=A&Signature=b&Expires=1',
      'sigv2',
    ],
    ['one without a signature', 'https://b.s3.amazonaws.com/k', 'unsigned'],
    ['one that was cut short', url().slice(0, -10), 'malformed-signature'],
  ])('the answer to a URL is read for %s too', (_title, text, then) => {
    const codes = (body: string) =>
      explain(text, { nowMs, answer: { status: 403, body } }).findings.map(({ code }) => code);
    expect(codes(xml('SignatureDoesNotMatch'))).toEqual(['signature-mismatch', then]);
    expect(codes(xml('AccessDenied', '<Message>Access Denied</Message>'))).toEqual([
      then === 'unsigned' ? 'store-unsigned' : 'store-denied',
      then,
    ]);
  });

  test('an answer that is no error says nothing', () => {
    expect(first(xml('AccessDenied'), url(), { status: 200 })?.code).toBe('follows-latest');
  });
});

function presignedWithToken(): string {
  return url({ query: { 'response-content-type': 'a' } }, { ...keys, sessionToken: 'canary-token' });
}
