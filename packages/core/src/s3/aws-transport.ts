import { NodeHttpHandler } from '@smithy/node-http-handler';

const connectMs = 2000;
const requestMs = 5000;

/**
 * How the SDK's credential calls travel: shared connections and short deadlines, because somebody waits for a URL.
 * @internal
 */
export type AwsTransport = NodeHttpHandler;

/** The one that everything uses. @internal */
export const awsTransport: AwsTransport = new NodeHttpHandler({
  connectionTimeout: connectMs,
  requestTimeout: requestMs,
  throwOnRequestTimeout: true,
});

/** Said where the host is decided here, because the environment would say otherwise. @internal */
export const awsPlainPlace = { useFipsEndpoint: false, useDualstackEndpoint: false } as const;

const silent = () => {};

/**
 * What every client of the SDK is made with. `AWS_ENDPOINT_URL*` and `endpoint_url` of a profile are ignored: a
 * variable must not decide who gets a token. The SDK's warnings go nowhere; what matters is thrown.
 * @internal
 */
export function awsClientOptions(transport: AwsTransport) {
  return { ignoreConfiguredEndpointUrls: true, requestHandler: transport, logger: silentLogger } as const;
}

/** For the SDK's providers, which would write to the console. @internal */
export const silentLogger = {
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
} as const;
