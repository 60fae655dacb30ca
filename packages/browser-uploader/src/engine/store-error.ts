/** What a store says about a refusal. Its XML is read for two elements and shown as text. */
export interface StoreError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Reads an error document of S3; missing parts are empty. */
export function parseStoreError(status: number, body: string): StoreError {
  return { status, code: elementOf(body, 'Code'), message: elementOf(body, 'Message') };
}

/** Whether the URL, or the credentials that signed it, have come to their end: a fresh one will do. */
export function isExpiry({ code, message }: StoreError): boolean {
  return code === 'AccessDenied' ? /expired/i.test(message) : /^(ExpiredToken|RequestExpired)$/.test(code);
}

/** Whether the store takes the URL's date for wrong; a fresh one has the same clock. */
export function isSkew({ code }: StoreError): boolean {
  return code === 'RequestTimeTooSkewed';
}

function elementOf(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]{0,500})</${name}>`).exec(xml)?.[1] ?? '';
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
