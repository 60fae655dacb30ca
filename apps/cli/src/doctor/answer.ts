import type { UrlFinding } from '@valetkey/core/explain';
import { fail, type Finding } from './probe.ts';

/** What the store said to one request. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The beginning of the body. */
  readonly body: string;
  /** What an error means; absent when it is none, or says nothing. */
  readonly meaning?: UrlFinding | undefined;
}

/** The store did not do it, and the request is why. */
export function isRefused({ status }: Answer): boolean {
  return status >= 400 && status < 500;
}

/** The store did it. */
export function isDone({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** The text of the first element of a name in S3's XML; empty where there is none. */
export function elementOf(xml: string, name: string): string {
  return elementsOf(xml, name)[0] ?? '';
}

/** The texts of all elements of a name in S3's XML. */
export function elementsOf(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]{0,2000})</${name}>`, 'g'))].map(([, text = '']) => text);
}

/** Status and the store's own word for it. */
export function describe({ status, body }: Answer): string {
  const code = elementOf(body, 'Code').replaceAll(/[^A-Za-z0-9]/g, '');
  return code === '' ? `${status}` : `${status} ${code}`;
}

/** Something that should have worked did not: what the store's answer means. */
export function failedBy(answer: Answer, what: string, usualFix: string): Finding {
  const { meaning } = answer;
  const known = meaning === undefined || meaning.code === 'store-error' ? undefined : meaning;
  return fail(
    `${what}: ${describe(answer)}${known === undefined ? '' : `. ${known.message}`}`,
    known?.fix ?? usualFix,
  );
}
