import { expect, test } from 'vitest';

import { createLogger } from './logger.ts';

const signature = 'ab12'.repeat(16);
const plain = `https://store/k?X-Amz-Credential=${signature}&X-Amz-Signature=${signature}`;
const once = encodeURIComponent(plain);
const forms = [plain, once, encodeURIComponent(once), encodeURIComponent(encodeURIComponent(once))];

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(createLogger({ write: (line: string) => void (text += line) }));
  return text;
}

test.each(forms)('no line holds what is secret in %s, wherever in the record it stands', (address) => {
  const err = new Error(address, { cause: new Error(address) });
  const text = logged((logger) => {
    logger.info({ path: address, nested: { list: [address, { deep: address }] }, [address]: 1 }, address);
    logger.error({ err }, 'failed');
    logger.error(err);
    logger.warn('at %s, at %j', address, { address });
    logger.child({ policy: address }).info('from a child');
  });
  const lines = text.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(['info', 'error', 'error', 'warn', 'info']);
  expect(text).toContain('REDACTED');
  expect(text).not.toContain(signature);
});

test('what is no secret is logged as it is', () => {
  const text = logged((logger) => {
    logger.info(
      { path: '/v1/objects/files/a%20b', status: 200, ms: 1.5, code: undefined, list: [null] },
      'request',
    );
  });
  expect(JSON.parse(text)).toMatchObject({
    level: 'info',
    path: '/v1/objects/files/a%20b',
    status: 200,
    ms: 1.5,
    list: [null],
    msg: 'request',
  });
});

test('an error is logged with its name, message, stack and cause', () => {
  const text = logged((logger) => {
    logger.error({ err: new TypeError('no store', { cause: new Error('refused') }) }, 'failed');
  });
  expect(JSON.parse(text)).toMatchObject({
    err: { type: 'TypeError', message: 'no store', stack: expect.any(String), cause: { message: 'refused' } },
  });
});
