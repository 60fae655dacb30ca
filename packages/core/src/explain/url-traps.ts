/**
 * The known traps of presigned URLs, one small check each. A check sees the URL without its signature's meaning:
 * what it finds holds whether or not the signature is right.
 */
import type { UrlFinding } from './explanation.ts';
import { methodClue, misfitOf } from './method-clue.ts';
import type { RawUrl } from './raw-url.ts';
import type { SignedParameters } from './signed-parameters.ts';
import type { UrlAddress } from './url-address.ts';

/** What the checks look at. */
interface TrapInput {
  /** The URL as it was given, trimmed. */
  readonly text: string;
  readonly url: RawUrl;
  readonly address: UrlAddress;
  readonly parameters: SignedParameters;
  /** What the URL is used with, where that is known. */
  readonly method: string | undefined;
}

type Trap = (input: TrapInput) => UrlFinding | undefined;

const twelveHours = 12 * 3600;
const emptyChecksums = new Set([
  'AAAAAA==',
  'AAAAAAAAAAA=',
  '2jmj7l5rSw0yVb/vlWAYkK/YBwk=',
  '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
]);
// Loopback, RFC 1918, link-local, unique local, a name without a dot, and the names of clusters and home networks.
const privateHost =
  /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1\]|\[f[cd]|\[fe[89ab]|[a-z0-9-]+(?::|$))|\.(?:svc|local|internal|localhost)(?:\.|:|$)/;

const when =
  (holds: (input: TrapInput) => boolean, finding: UrlFinding): Trap =>
  (input) =>
    holds(input) ? finding : undefined;

const parameter = ({ url }: TrapInput, name: string) =>
  url.query.find((pair) => pair.name.toLowerCase() === name)?.value;
const signs = ({ parameters, url }: TrapInput, header: string) =>
  parameters.signedHeaders.includes(header) || url.query.some(({ name }) => name.toLowerCase() === header);

function otherMethod({ url, parameters, method }: TrapInput): UrlFinding | undefined {
  const message = misfitOf(method, methodClue(url, parameters.signedHeaders));
  const fix = 'Use the URL with the method that it was signed for.';
  return message === undefined ? undefined : { code: 'other-method', severity: 'warning', message, fix };
}

/** In the order in which they are told. */
export const urlTraps: readonly Trap[] = [
  otherMethod,
  when(({ parameters: { service } }) => service !== 's3' && service !== 's3express', {
    code: 'wrong-service',
    severity: 'error',
    message: 'The signature is for another service than s3.',
    fix: 'Sign with the service name s3.',
  }),
  when(
    ({ address, parameters }) => address.hostRegion !== undefined && address.hostRegion !== parameters.region,
    {
      code: 'region-mismatch',
      severity: 'error',
      message: 'The signature names another region than the host.',
      fix: "Sign for the bucket's own region, with the same region in the endpoint.",
    },
  ),
  when(({ address, parameters }) => address.isGlobal && parameters.region !== 'us-east-1', {
    code: 'global-endpoint',
    severity: 'warning',
    message:
      'The global endpoint answers buckets of other regions with a redirect, which no signature survives.',
    fix: "Use the region's own endpoint, s3.REGION.amazonaws.com.",
  }),
  when(
    ({ parameters, address }) =>
      parameters.accessKeyId.startsWith('ASIA') &&
      parameters.sessionToken === undefined &&
      address.addressing !== 'guessed',
    {
      code: 'session-token-missing',
      severity: 'error',
      message: 'A temporary key (ASIA…) signs only together with its session token, and the URL has none.',
      fix: 'Give the signer the session token too.',
    },
  ),
  when((input) => isTemporary(input) && input.parameters.lifetimeSeconds > twelveHours, {
    code: 'outlives-credentials',
    severity: 'warning',
    message: 'The URL ends with the temporary credentials that signed it, long before the time it names.',
    fix: 'Ask for at most what is left of the session, or sign with long-term keys.',
  }),
  when(
    (input) =>
      input.url.query.some(({ name, value }) => /^x-amz-checksum-/i.test(name) && emptyChecksums.has(value)),
    {
      code: 'checksum-of-nothing',
      severity: 'error',
      message: 'The checksum of an empty body is signed, so only an empty file can be uploaded.',
      fix: 'Sign without a checksum (requestChecksumCalculation: WHEN_REQUIRED), or with the one of the file.',
    },
  ),
  when((input) => input.method === 'PUT' && !signs(input, 'content-type'), {
    code: 'content-type-not-signed',
    severity: 'note',
    message: 'The content type is not signed: whoever uploads chooses it.',
    fix: 'Sign content-type where it matters how the object is served.',
  }),
  when((input) => input.method === 'PUT' && !signs(input, 'content-length'), {
    code: 'size-not-signed',
    severity: 'warning',
    message: 'The size is not signed: up to 5 GiB can be uploaded.',
    fix: 'Sign content-length, or use a form with a size range.',
  }),
  when(({ address }) => /%[0-9A-Fa-f]{2}/.test(address.key), {
    code: 'double-encoded-key',
    severity: 'warning',
    message: 'The key itself holds percent signs: it was encoded before it was signed.',
    fix: 'Give the signer the key as it is, not encoded.',
  }),
  when(({ address }) => address.key.split('/').some((segment) => segment === '.' || segment === '..'), {
    code: 'dot-segments',
    severity: 'error',
    message: 'The key has a . or .. segment, which browsers and other clients resolve before they ask.',
    fix: 'Rename the object.',
  }),
  when(({ address }) => address.key.startsWith('/') || address.key.includes('//'), {
    code: 'doubled-slashes',
    severity: 'warning',
    message: 'The key has an empty segment, which some stores and proxies drop.',
    fix: 'Keep keys without leading and doubled slashes.',
  }),
  when(({ address }) => address.key === '', {
    code: 'no-key',
    severity: 'error',
    message: 'The URL names no object: it is an operation on the bucket.',
    fix: 'Sign a key; an empty one is a mistake of the caller.',
  }),
  when(({ url }) => url.scheme === 'http', {
    code: 'not-encrypted',
    severity: 'warning',
    message: 'Over http everybody on the way can read the URL, and use it.',
    fix: 'Use an https endpoint.',
  }),
  when(({ url }) => privateHost.test(url.host), {
    code: 'private-host',
    severity: 'warning',
    message: 'The host is known in its own network only.',
    fix: 'Sign for the public endpoint (publicEndpoint of the store).',
  }),
  when(
    ({ address, url }) =>
      address.addressing === 'virtual' && url.scheme === 'https' && address.bucket.includes('.'),
    {
      code: 'dotted-bucket',
      severity: 'error',
      message: "The bucket's dots make a host name that the certificate does not cover.",
      fix: 'Use path addressing for this bucket.',
    },
  ),
  when((input) => parameter(input, 'versionid') === undefined && (input.method ?? 'GET') === 'GET', {
    code: 'follows-latest',
    severity: 'note',
    message: 'No version is pinned: the URL serves whatever is current when it is used.',
    fix: 'Sign a versionId to pin one.',
  }),
  when(
    (input) =>
      input.parameters.signedHeaders.length === 1 &&
      /[?&]x-amz-(?:acl|tagging|server-side)/i.test(input.text),
    {
      code: 'headers-in-query',
      severity: 'warning',
      message: 'Request headers stand in the query, where many stores ignore them.',
      fix: 'Sign them as headers (unhoistableHeaders of the AWS SDK), and send them.',
    },
  ),
];

function isTemporary({ parameters: { accessKeyId, sessionToken } }: TrapInput): boolean {
  return accessKeyId.startsWith('ASIA') || sessionToken !== undefined;
}
