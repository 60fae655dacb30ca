import type { Method } from '../grammar/method.ts';
import type { ResponseTerms, UploadTerms } from '../grammar/object-terms.ts';
import type { Subject } from './subject.ts';

/**
 * What a subject asks for; nothing in it is trusted but the subject and the store's name.
 * @public
 */
export interface AccessRequest {
  readonly subject: Subject;
  /** Name of the store, as policies name it. */
  readonly store: string;
  readonly bucket: string;
  readonly method: Method;
  /** Absent for an upload whose key the policy generates. */
  readonly key?: string | undefined;
  /** The client's name for an upload without a key; feeds `{name}` and `{ext}`. */
  readonly fileName?: string | undefined;
  readonly versionId?: string | undefined;
  /** Seconds. @default the policy's */
  readonly lifetimeSeconds?: number | undefined;
  /** Never valid past this instant, in milliseconds since the epoch. */
  readonly notAfterMs?: number | undefined;
  readonly upload?: UploadTerms | undefined;
  readonly response?: ResponseTerms | undefined;
}
