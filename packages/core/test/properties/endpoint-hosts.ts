/** Endpoints that are accepted are sent as they are signed. */
import fc from 'fast-check';

import { ValetkeyError } from '../../src/errors.ts';
import { parseEndpoint } from '../../src/grammar/endpoint.ts';

const label = fc.string({ unit: fc.constantFrom(...'ab0x19-'), minLength: 1, maxLength: 5 });
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const group = fc.oneof(
  fc.constantFrom('0', '0000', '1', 'ffff', 'FE80', '0db8'),
  fc.integer({ min: 0, max: 0x1_0fff }).map((value) => value.toString(16)),
);
const ipv6 = fc
  .tuple(fc.array(group, { maxLength: 8 }), fc.constantFrom(':', '::', ''), fc.array(group, { maxLength: 4 }))
  .map(([head, middle, tail]) => `${head.join(':')}${middle}${tail.join(':')}`);
const host = fc.oneof(
  name,
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6().map((address) => `[${address}]`),
  ipv6.map((address) => `[${address}]`),
);
const port = fc.oneof(fc.constantFrom('', ':80', ':443', ':9000', ':0', ':65535', ':65536', ':007'));
const path = fc.constantFrom('', '/', '/s3', '/s3/', '/a/b.c~d', '/..', '/a/./b', '//', '/a%2fb', '/.../x');

/** How many were taken, and how many refused. */
export interface EndpointHosts {
  readonly accepted: number;
  readonly refused: number;
}

/** Tries that many base URLs; throws at the first whose host, port or path a URL parser reads otherwise. */
export function parseEndpoints(runs: number): EndpointHosts {
  let [accepted, refused] = [0, 0];
  fc.assert(
    fc.property(fc.constantFrom('http', 'https', 'HTTPS'), host, port, path, (scheme, ...rest) => {
      const text = `${scheme}://${rest.join('')}`;
      const base = tryToParse(text);
      if (base === undefined) {
        refused += 1;
        return;
      }
      accepted += 1;
      const sent = new URL(`${base}/key`).href;
      if (sent !== `${base}/key`) throw new Error(`${text} is signed as ${base}, and sent to ${sent}`);
    }),
    { numRuns: runs },
  );
  return { accepted, refused };
}

function tryToParse(text: string): string | undefined {
  try {
    const { scheme, hostname, port: suffix, basePath } = parseEndpoint(text, 'endpoint');
    return `${scheme}://${hostname}${suffix}${basePath}`;
  } catch (error) {
    if (error instanceof ValetkeyError && error.code === 'invalid-configuration') return undefined;
    throw error;
  }
}
