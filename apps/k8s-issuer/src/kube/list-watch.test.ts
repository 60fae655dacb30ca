import { expect, onTestFinished, test } from 'vitest';

import { answerJson, startLocalApi, type Handler } from '../../test/doubles/local-api.ts';
import type { WatchEvent } from '../runtime/list-watch.ts';
import { createObjectStore } from '../runtime/object-store.ts';
import { createReflector } from '../runtime/reflector.ts';
import { realTimers } from '../runtime/timer.ts';
import { listWatch } from './list-watch.ts';

interface Thing {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}

const path = '/apis/x/v1/things';
const raw = (name: string, version: number, more: object = {}) => ({
  metadata: { name, namespace: 'ns', resourceVersion: String(version), managedFields: [{ manager: 'm' }] },
  ...more,
});
const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;

function parse(value: unknown): Thing {
  if (JSON.stringify(value).includes('bad')) throw new Error('does not parse');
  return value as Thing;
}

async function start(handler: Handler) {
  const { transport, stop } = await startLocalApi(handler);
  onTestFinished(stop);
  const invalid: string[] = [];
  const source = listWatch(transport, path, { parse, onInvalid: (key) => invalid.push(key) });
  const events: WatchEvent<Thing>[] = [];
  const watch = (): Promise<'ended' | 'gone'> =>
    source.watch({
      resourceVersion: '5',
      timeoutSeconds: 300,
      signal: new AbortController().signal,
      onOpen: () => undefined,
      onEvent: (event) => events.push(event),
    });
  const list = (continueToken?: string) =>
    source.list({
      signal: new AbortController().signal,
      ...(continueToken === undefined ? {} : { continueToken }),
    });
  return { source, invalid, events, watch, list };
}

test('a list is asked for by page, and comes without managedFields and without what does not parse', async () => {
  const urls: (string | undefined)[] = [];
  const { list, invalid } = await start((request, response) => {
    urls.push(request.url);
    const items = [raw('a', 3), raw('b', 4, { spec: 'bad' })];
    answerJson(response, 200, { metadata: { resourceVersion: '5', continue: 'next' }, items });
  });
  expect(await list()).toEqual({
    items: [{ metadata: { name: 'a', namespace: 'ns', resourceVersion: '3' } }],
    resourceVersion: '5',
    continueToken: 'next',
  });
  await list('next');
  expect(urls).toEqual([`${path}?limit=500`, `${path}?limit=500&continue=next`]);
  expect(invalid).toEqual(['ns/b', 'ns/b']);
});

test.each([200, 403, 429, 500])('an answer %i that is no list is an error', async (status) => {
  const { list } = await start((_, response) =>
    answerJson(response, status, { kind: 'Status', reason: 'R' }),
  );
  await expect(list()).rejects.toMatchObject({ name: 'KubeError', status: status === 200 ? 0 : status });
});

test('watch events come in order; an object that no longer parses is gone', async () => {
  let url: string | undefined;
  const { watch, events, invalid } = await start((request, response) => {
    url = request.url;
    response.write(line('ADDED', raw('a', 6)));
    response.write(line('MODIFIED', raw('a', 7, { spec: 'bad' })));
    response.write(line('DELETED', raw('b', 8)));
    response.end(line('BOOKMARK', { metadata: { resourceVersion: '9' } }));
  });
  expect(await watch()).toBe('ended');
  expect(url).toBe(`${path}?watch=1&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=300`);
  expect(events).toEqual([
    {
      kind: 'set',
      object: { metadata: { name: 'a', namespace: 'ns', resourceVersion: '6' } },
      resourceVersion: '6',
    },
    { kind: 'gone', key: 'ns/a', resourceVersion: '7' },
    { kind: 'gone', key: 'ns/b', resourceVersion: '8' },
    { kind: 'bookmark', resourceVersion: '9' },
  ]);
  expect(invalid).toEqual(['ns/a']);
});

test('410 is gone, as a status and inside a stream that stays open', async () => {
  const expired = { kind: 'Status', code: 410, reason: 'Expired' };
  const asStatus = await start((_, response) => answerJson(response, 410, expired));
  expect(await asStatus.watch()).toBe('gone');
  const inStream = await start((_, response) => void response.write(line('ERROR', expired)));
  expect(await inStream.watch()).toBe('gone');
});

test.each<[string, Handler]>([
  ['half an event at the end', (_, response) => void response.end(line('ADDED', raw('a', 6)).slice(0, 40))],
  ['a line that is not JSON', (_, response) => void response.end('canary\n')],
  ['an unknown event', (_, response) => void response.end(line('MAYBE', raw('a', 6)))],
  ['an ERROR other than 410', (_, response) => void response.end(line('ERROR', { code: 500, reason: 'R' }))],
  ['a reset', (request) => void request.socket.resetAndDestroy()],
  ['a refusal', (_, response) => answerJson(response, 429, {})],
])('%s makes the watch reject', async (_, handler) => {
  const { watch, events } = await start(handler);
  await expect(watch()).rejects.toMatchObject({ name: 'KubeError' });
  expect(events).toEqual([]);
});

test('a reflector over HTTP comes through reset, half an event, 410 and refusals', async () => {
  const done = Promise.withResolvers<void>();
  let watches = 0;
  const faults: Handler[] = [
    (request) => void request.socket.resetAndDestroy(),
    (_, response) => void response.end(line('ADDED', raw('b', 6)).slice(0, 30)),
    (_, response) => void response.end(line('ERROR', { code: 410 })),
    (_, response) => answerJson(response, 503, {}),
    (_, response) => void response.write(line('ADDED', raw('last', 9))),
  ];
  const { source } = await start((request, response) => {
    if (request.url?.includes('watch=1') !== true) {
      answerJson(response, 200, { metadata: { resourceVersion: '5' }, items: [raw('a', 3)] });
      return;
    }
    faults[watches]?.(request, response);
    watches += 1;
  });
  const store = createObjectStore<Thing>();
  const added = ({ metadata }: Thing): void => {
    if (metadata.name === 'last') done.resolve();
  };
  const errors: unknown[] = [];
  const reflector = createReflector({
    name: 'things',
    listWatch: source,
    store,
    handlers: { added, updated: () => undefined, deleted: () => undefined },
    timers: realTimers,
    random: () => 0,
    onError: (error) => errors.push(error),
  });
  const stop = new AbortController();
  const running = reflector.run(stop.signal);
  await done.promise;
  stop.abort();
  await running;
  expect([...store.keys()]).toEqual(['ns/a', 'ns/last']);
  expect(errors).toHaveLength(3);
});
