/** The one file of the console that asks the machine what time it is, or reads and writes instants. */

/** Milliseconds since the epoch. */
export const now = (): number => Date.now();

/** Milliseconds since the epoch of an instant as the service writes it (RFC 3339). */
export const fromInstant = (text: string): number => Date.parse(text);

/** RFC 3339 in UTC. */
export const toInstant = (epochMs: number): string => new Date(epochMs).toISOString();
