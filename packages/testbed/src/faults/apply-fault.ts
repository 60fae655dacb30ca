import { afterBody, type Exchange, resetConnection } from './exchange.ts';
import type { Fault, ResetFault, StatusFault } from './fault-rule.ts';
import { cutAnswer, forward, passAnswer } from './forward.ts';
import { slowDown } from './slow-down.ts';

/** Does to the exchange what the fault says; without one it is passed on. @internal */
export const applyFault = (exchange: Exchange, fault: Fault | undefined): void => {
  switch (fault?.kind) {
    case undefined:
      forward(exchange, (answer) => passAnswer(exchange, answer));
      return;
    case 'status':
      answerStatus(exchange, fault);
      return;
    case 'reset':
      reset(exchange, fault);
      return;
    case 'delay':
      delay(exchange, fault.ms);
      return;
    case 'lost-answer':
      forward(exchange, (answer) => {
        answer.once('close', () => resetConnection(exchange));
        answer.resume();
      });
      return;
    case 'cut-answer':
      forward(exchange, (answer) => cutAnswer(exchange, answer, fault.afterBytes));
      return;
    case 'hide-headers':
      forward(exchange, (answer) => passAnswer(exchange, answer, fault.headers));
      return;
    case 'throttle':
      forward(exchange, (answer) => passAnswer(exchange, answer), slowDown(fault.bytesPerSecond));
      return;
    case 'stop-reading':
      stopReading(exchange, fault.afterBytes);
      return;
    case 'black-hole':
      if (exchange.awaitsContinue) exchange.response.writeContinue();
      exchange.request.resume();
  }
};

const answerStatus = (exchange: Exchange, fault: StatusFault): void => {
  const { request, response } = exchange;
  const { status, headers = {}, body = '', contentType = 'text/plain; charset=utf-8' } = fault;
  response.statusCode = status;
  if (body) response.setHeader('content-type', contentType);
  const origin = request.headers.origin;
  if (fault.corsHeaders && origin !== undefined) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', '*');
    response.setHeader('vary', 'Origin');
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  afterBody(exchange, () => response.end(body));
};

const reset = (exchange: Exchange, fault: ResetFault): void => {
  if (fault.at !== 'body') {
    resetConnection(exchange);
    return;
  }
  const { request } = exchange;
  const upstream = forward(exchange, (answer) => answer.resume());
  let left = fault.afterBytes;
  const strike = (): void => {
    upstream.destroy();
    resetConnection(exchange);
  };
  request.on('data', (chunk: Buffer) => {
    left -= chunk.byteLength;
    if (left <= 0) strike();
  });
  request.once('end', strike);
};

const delay = (exchange: Exchange, ms: number): void => {
  const timer = setTimeout(() => applyFault(exchange, undefined), ms);
  exchange.response.once('close', () => clearTimeout(timer));
};

const stopReading = (exchange: Exchange, afterBytes: number): void => {
  if (exchange.awaitsContinue) exchange.response.writeContinue();
  const { request } = exchange;
  const upstream = forward(exchange, (answer) => answer.resume());
  let left = afterBytes;
  const stop = (): void => {
    request.unpipe(upstream);
    request.pause();
  };
  if (left <= 0) stop();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.byteLength;
    if (left <= 0) stop();
  });
  if (left <= 0) request.pause();
};
