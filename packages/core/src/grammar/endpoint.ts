import { ValetkeyError } from '../errors.ts';
import { canonicalIpv6 } from './ipv6.ts';
import { quote } from './quote.ts';

const baseUrl = /^(https?):\/\/([^/:[\]]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(\/[A-Za-z0-9\-._~/]*)?$/i;
const hostName =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const numericLastLabel = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;
const accelerateHost = /^s3-accelerate(?:\.dualstack)?\.amazonaws\.com$/;
const defaultPorts = { http: '80', https: '443' } as const;
const keptEndpoints = 1024;

/** A base URL taken apart. */
export interface Endpoint {
  readonly scheme: 'http' | 'https';
  /** Lower case. */
  readonly hostname: string;
  /** `:9000`, or empty when the port is the scheme's own. */
  readonly port: string;
  /** `/storage`, or empty. */
  readonly basePath: string;
  /** `address`: an IP address; there is no name to put a bucket in front of. */
  readonly kind: 'address' | 'localhost' | 'accelerate' | 'name';
}

const kept = new Map<string, Endpoint>();

/**
 * A base URL of a store: scheme, host, optional port and path; no user, query or fragment. What is signed is
 * what a URL parser sends: host in lower case, no default port, no `.` segments, no shorthand IP addresses.
 * @throws ValetkeyError `invalid-configuration`
 */
export function parseEndpoint(input: unknown, field: string): Endpoint {
  const known = typeof input === 'string' ? kept.get(input) : undefined;
  if (known !== undefined) return known;
  const endpoint = typeof input === 'string' ? takeApart(input) : undefined;
  if (endpoint === undefined || typeof input !== 'string') {
    throw new ValetkeyError('invalid-configuration', {
      field,
      expected: 'a base URL such as https://s3.internal:9000, without user, query or fragment',
      got: quote(input),
    });
  }
  if (kept.size >= keptEndpoints) kept.clear();
  kept.set(input, endpoint);
  return endpoint;
}

function takeApart(text: string): Endpoint | undefined {
  const match = text.length > 512 ? null : baseUrl.exec(text);
  if (match === null) return undefined;
  const [, rawScheme = '', rawHost = '', rawPort, path = ''] = match;
  const scheme = rawScheme.toLowerCase() === 'http' ? 'http' : 'https';
  const hostname = toHostname(rawHost.toLowerCase());
  if (hostname === undefined || Number(rawPort ?? 1) > 65_535 || Number(rawPort ?? 1) < 1) return undefined;
  const basePath = path.endsWith('/') ? path.slice(0, -1) : path;
  if (/\/(?:\.{0,2})(?:\/|$)/.test(basePath)) return undefined;
  const port = rawPort === undefined ? '' : String(Number(rawPort));
  return {
    scheme,
    hostname,
    port: port === '' || port === defaultPorts[scheme] ? '' : `:${port}`,
    basePath,
    kind: kindOf(hostname),
  };
}

/** As a URL parser writes it: IPv6 addresses in their one short form. */
function toHostname(host: string): string | undefined {
  if (host.startsWith('[')) return canonicalIpv6(host.slice(1, -1));
  // A URL parser reads `127.1` and `0x7f.1` as addresses and would send another host than was signed.
  return (numericLastLabel.test(host) ? ipv4 : hostName).test(host) ? host : undefined;
}

function kindOf(hostname: string): Endpoint['kind'] {
  if (hostname.startsWith('[') || ipv4.test(hostname)) return 'address';
  if (hostname === 'localhost') return 'localhost';
  return accelerateHost.test(hostname) ? 'accelerate' : 'name';
}
