import { redact, redactError } from '@valetkey/core';
import pino, { type DestinationStream, type Logger } from 'pino';

/**
 * JSON lines. Every string passes through `redact`, so that a URL that got into a message by mistake loses what
 * is secret in it.
 */
export function createLogger(destination?: DestinationStream): Logger {
  const options = {
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: redactError },
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: {
      logMethod(this: Logger, args: Parameters<pino.LogFn>, method: pino.LogFn): void {
        const safe = args.map((arg: unknown) => (typeof arg === 'string' ? redact(arg) : arg));
        method.apply(this, safe as Parameters<pino.LogFn>);
      },
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
