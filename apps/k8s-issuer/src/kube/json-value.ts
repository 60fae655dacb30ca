import { KubeError } from './kube-error.ts';

/**
 * A JSON object as it came: nothing is known of its fields.
 * @internal
 */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * `value` if it is a JSON object, else one without fields.
 * @internal
 */
export function toJsonObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/**
 * `value` if it is a text that is not empty.
 * @internal
 */
export function toText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Parses JSON.
 * @throws KubeError `MalformedAnswer`; it does not quote the text, as `SyntaxError` would.
 * @internal
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KubeError({ status: 0, reason: 'MalformedAnswer', message: 'not JSON' });
  }
}
