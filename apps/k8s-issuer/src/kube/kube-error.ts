/** A part of a refusal: which field, and why. */
export interface KubeCause {
  readonly field?: string;
  readonly reason?: string;
  readonly message?: string;
}

interface KubeErrorDetail {
  /** HTTP status; 0 when there was no whole answer. */
  readonly status: number;
  /** Kubernetes' machine-readable reason (`AlreadyExists`), or ours (`ConnectionFailed`, `MalformedAnswer`). */
  readonly reason: string;
  /** A sentence for people that quotes no object. */
  readonly message?: string;
  readonly causes?: readonly KubeCause[];
  readonly retryAfterSeconds?: number;
}

/**
 * The API server refused, or could not be understood or reached. It never holds an answer's body, a path or a
 * header: the body may be somebody's Secret. Decide by `status` and `reason`, never by the message.
 * @internal
 */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly KubeCause[];
  readonly retryAfterSeconds: number | undefined;

  constructor(detail: KubeErrorDetail) {
    const head = detail.status === 0 ? detail.reason : `${detail.status} ${detail.reason}`;
    super(detail.message === undefined ? head : `${head}: ${detail.message}`);
    this.status = detail.status;
    this.reason = detail.reason;
    this.causes = detail.causes ?? [];
    this.retryAfterSeconds = detail.retryAfterSeconds;
  }
}
