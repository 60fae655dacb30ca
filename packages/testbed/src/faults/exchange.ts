import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Report } from '../engine/report.ts';

/** One request of a client and what the fault layer does with it. @internal */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Where requests are passed on to. */
  readonly origin: URL;
  /** The client holds its body back until it is told to go on. */
  readonly awaitsContinue: boolean;
  /** Method and path, without the query. */
  readonly name: string;
  readonly report: Report;
}

/** Ends the client's connection with a TCP reset. @internal */
export const resetConnection = ({ request }: Exchange): void => {
  request.socket.resetAndDestroy();
};

/**
 * Calls `then` when the client has sent its whole body, which is thrown away; at once when it holds it back.
 * A connection that is closed with a body unread is reset, and the client may lose the answer.
 *
 * @internal
 */
export const afterBody = ({ request, awaitsContinue }: Exchange, then: () => void): void => {
  if (request.readableEnded || awaitsContinue) {
    then();
    return;
  }
  request.once('end', then);
  request.resume();
};
