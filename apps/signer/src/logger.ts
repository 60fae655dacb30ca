import { redact, redactError } from '@valetkey/core';
import pino, { type DestinationStream, type Logger } from 'pino';

/**
 * JSON lines. Each passes through `redact` as a whole, so that a URL that somebody put where a path, a name or a message
 * is meant loses what is secret in it, wherever in the record it stands.
 */
export function createLogger(destination?: DestinationStream): Logger {
  const options = {
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: redactError },
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: redact },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
