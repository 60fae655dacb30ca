/** What stands for another machine in the configuration. */

/** An origin as browsers send it, without a path. */
export function isOrigin(input: string): boolean {
  return URL.canParse(input) && new URL(input).origin === input;
}

/** An address that nobody on the way can change. */
export function isHttps(input: string): boolean {
  return URL.canParse(input) && new URL(input).protocol === 'https:';
}

/** Where keys may come from: over https, or from this machine. */
export function isKeysAddress(input: string): boolean {
  if (isHttps(input)) return true;
  if (!URL.canParse(input)) return false;
  const { protocol, hostname } = new URL(input);
  return protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}

/** The password stands in a file of its own. */
export function isRedisUrl(input: string): boolean {
  if (!URL.canParse(input)) return false;
  const { protocol, hostname, password } = new URL(input);
  return (protocol === 'redis:' || protocol === 'rediss:') && hostname !== '' && password === '';
}
