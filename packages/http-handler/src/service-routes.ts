/** Every route of the service: who asks, then what they sent, then a place to work on it. */
import type { Subject } from '@valetkey/core';
import { routes, type Route } from '@valetkey/protocol';
import type { z } from 'zod';

import { comeBack, toJson, withEtag } from './answers.ts';
import type { Call } from './batch.ts';
import type { Answer, Asked } from './exchange.ts';
import { parseWith, readBody } from './read-body.ts';
import type { RouteEntry } from './route-table.ts';
import type { Service } from './service.ts';
import type { Slots } from './slots.ts';
import type { StoreVisits } from './store-places.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** What a route is told beside the request. */
interface Routed {
  readonly requestId: string;
  readonly parameters: readonly string[];
  readonly query: string;
}

/** Answers one route. */
export type Serve = (asked: Asked, routed: Routed) => Promise<Answer>;

/** What routes are made with. */
export interface RouteParts {
  /** In OpenAPI. */
  readonly document: object;
  readonly subjectOf: (asked: Asked) => Promise<Subject>;
  readonly slots: Slots;
  /** Of the same places, those that requests which ask a store may have. */
  readonly visitStores: () => StoreVisits;
  readonly bodies: WaitingRoom;
}

/** The table's entries. */
export function routesOf(
  service: Service,
  { document, subjectOf, slots, visitStores, bodies }: RouteParts,
): readonly RouteEntry<Serve>[] {
  const asksStore = new Set<string>(
    [routes.list, routes.uploads, routes.status, routes.complete, routes.abort].map(({ path }) => path),
  );
  const inSlot = async (path: string, requestId: string, work: (call: Call) => Promise<Answer>) => {
    const visits = asksStore.has(path) ? visitStores() : undefined;
    const call = visits === undefined ? { requestId } : { requestId, askStore: visits.ask };
    try {
      return (await slots.run(() => work(call))) ?? comeBack(requestId);
    } finally {
      visits?.end();
    }
  };
  const post = <Body extends z.ZodType>(
    { path, body, maxBodyBytes }: Route & { readonly body: Body },
    answer: (subject: Subject, body: z.output<Body>, call: Call) => Promise<object>,
  ): RouteEntry<Serve> => ({
    method: 'POST',
    path,
    serve: async (asked, { requestId }) => {
      // Who asks first: of somebody unknown nothing is read and kept.
      const subject = await subjectOf(asked);
      const read = await readBody(asked, body, { room: bodies, maxBytes: maxBodyBytes });
      return inSlot(path, requestId, async (call) => toJson(await answer(subject, read, call)));
    },
  });
  const get = (path: string, serve: Serve): RouteEntry<Serve> => ({
    method: 'GET',
    path,
    serve: (asked, routed) => inSlot(path, routed.requestId, () => serve(asked, routed)),
  });
  const getAs = (
    path: string,
    answer: (subject: Subject, asked: Asked, routed: Routed, call: Call) => Promise<Answer>,
  ): RouteEntry<Serve> => ({
    method: 'GET',
    path,
    serve: async (asked, routed) => {
      const subject = await subjectOf(asked);
      return inSlot(path, routed.requestId, (call) => answer(subject, asked, routed, call));
    },
  });
  // Made once: the same long text for everybody, also for who asks for it a thousand times and reads none.
  const described = toJson(document);
  return [
    get('/openapi.json', async () => described),
    getAs(routes.limits.path, async (subject, asked, { parameters: [policy = ''] }) =>
      withEtag(asked, JSON.stringify(await service.limits(subject, policy))),
    ),
    getAs(routes.list.path, async (subject, _asked, { query }, call) =>
      toJson(await service.list(subject, parseWith(routes.list.query, toFirstValues(query), 'query'), call)),
    ),
    getAs(routes.object.path, async (subject, asked, { parameters: [policy = '', key = ''] }) => {
      const method = asked.method === 'HEAD' ? 'HEAD' : 'GET';
      const redirect = await service.redirectToObject(subject, { policy, key, method });
      const { location, maxAgeSeconds } = redirect;
      // A browser keeps it for whoever asked, not for whoever signs in next.
      const kept =
        maxAgeSeconds > 0
          ? { 'cache-control': `private, max-age=${maxAgeSeconds}`, vary: 'Authorization, Cookie, Origin' }
          : {};
      return { status: 302, headers: { location, ...kept }, body: '' };
    }),
    get(routes.receiptKeys.path, async () => {
      const { headers, ...answer } = toJson(await service.receiptKeys());
      return { ...answer, headers: { ...headers, 'cache-control': 'public, max-age=300' } };
    }),
    post(routes.downloads, service.downloads),
    post(routes.uploads, service.beginUploads),
    post(routes.parts, service.partRequests),
    post(routes.sign, service.signUploads),
    post(routes.status, service.uploadStatus),
    post(routes.complete, service.completeUploads),
    post(routes.abort, service.abortUploads),
  ];
}

/** A name that comes twice counts once. */
function toFirstValues(query: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...new URLSearchParams(query)].toReversed());
}
