import { describe, expect, test } from 'vitest';

import { ask, begin, big, bytes, content, send, sha256, storeOf } from './multipart-under-test.ts';
import { serviceUnderTest, type Options } from './service-under-test.ts';

/** A fetch that breaks the answers to complete, once each, in the given ways. */
function breaking(...ways: ((ask: () => Promise<Response>) => Promise<Response>)[]): Options['fetch'] {
  return (url, init) => {
    const way = init.method === 'POST' && /[?&]uploadId=/.test(url) ? ways.shift() : undefined;
    return way === undefined ? fetch(url, init) : way(() => fetch(url, init));
  };
}

describe.each(['seaweedfs', 'versitygw'] as const)('on %s', (engine) => {
  test('complete whose answer is lost, broken or an error with status 200 is decided by what the store holds', async () => {
    const lost = async (send: () => Promise<Response>): Promise<Response> => {
      await (await send()).text();
      throw new TypeError('the connection broke');
    };
    const errorWith200 = async () =>
      new Response('<Error><Code>InternalError</Code><Message>later</Message></Error>', { status: 200 });
    const after200 = async (send: () => Promise<Response>) => {
      await (await send()).text();
      return errorWith200();
    };
    const junk = async (send: () => Promise<Response>) => {
      await (await send()).text();
      return new Response('<html', { status: 502 });
    };
    const under = await serviceUnderTest([big], {
      engine,
      fetch: breaking(lost, errorWith200, after200, junk) ?? fetch,
    });
    const complete = async (nonce: string) => {
      const upload = await begin(under, { nonce });
      await send(upload.parts);
      return { upload, answer: await ask(under, 'complete', { id: upload.id }) };
    };
    const afterLoss = await complete('nonce-nonce-1');
    expect(afterLoss.answer).toMatchObject({ bytes });
    const never = await complete('nonce-nonce-2');
    expect(never.answer.problem).toMatchObject({ code: 'store-unavailable', status: 503, retryable: true });
    const really = await ask(under, 'complete', { id: never.upload.id });
    // The third break: an error although the object was made.
    expect(really).toMatchObject({ bytes });
    expect((await complete('nonce-nonce-3')).answer).toMatchObject({ bytes });
    for (const { upload } of [afterLoss, never]) {
      expect(await storeOf(under).sha256(upload.key)).toBe(sha256(content));
    }
    expect(await storeOf(under).openUploads('')).toEqual([]);
  });
});
