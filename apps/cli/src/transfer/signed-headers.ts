/** The headers that a presigned URL demands, and where their values come from. */
import { ValetkeyError } from '@valetkey/core';
import { explain } from '@valetkey/core/explain';
import type { GivenUrl } from '../url-source.ts';

/** What is known beside the URL. */
export interface KnownHeaders {
  /** From `--header`, which comes first. Lower-case names. */
  readonly flags: Readonly<Record<string, string>>;
  /** Values that can be found out, by name; asked only where the URL demands the header. */
  readonly own: Readonly<Record<string, () => string | Promise<string>>>;
  /** What the URL is about to be used with. */
  readonly method: 'GET' | 'PUT';
  readonly nowMs: number;
}

/**
 * The headers to send: those of the flags, those that came with the URL, and of those that it demands besides what
 * can be found out.
 * @throws ValetkeyError `header-mismatch` naming the headers whose values nobody knows
 */
export async function demandedHeaders(
  { url, headers: given }: GivenUrl,
  { flags, own, method, nowMs }: KnownHeaders,
): Promise<Readonly<Record<string, string>>> {
  const { signedHeaders = [], findings } = explain(url, { nowMs, method });
  const headers: Record<string, string> = { ...given, ...flags };
  const unknown: string[] = [];
  for (const name of signedHeaders) {
    if (name === 'host' || Object.hasOwn(headers, name)) continue;
    const find = Object.hasOwn(own, name) ? own[name] : undefined;
    if (find === undefined) unknown.push(name);
    else headers[name] = await find();
  }
  if (unknown.length === 0) return headers;
  throw new ValetkeyError('header-mismatch', {
    field: 'url',
    expected: `values for ${unknown.join(', ')}, which the URL demands`,
    got: 'none',
    hint: [
      findings.find(({ code }) => code === 'other-method')?.message ?? '',
      `Give them with --header '${unknown[0] ?? 'name'}: …', or use the JSON of presign --json.`,
    ]
      .join(' ')
      .trimStart(),
  });
}
