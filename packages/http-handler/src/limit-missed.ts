import { limitsOf, ValetkeyError, type Denial, type Policy } from '@valetkey/core';
import type { Problem } from '@valetkey/protocol';

/** An upload that misses a limit of its policy, with what the policy would have let through. */
export class LimitMissed extends ValetkeyError {
  readonly limits: NonNullable<Problem['limits']>;

  constructor({ code, field, expected, got }: Denial, policy: Policy) {
    super(code, { field, expected, got });
    const { maxFileBytes, minFileBytes, accept, checksum } = limitsOf(policy);
    this.limits = {
      ...(maxFileBytes === undefined ? {} : { maxFileBytes }),
      minFileBytes,
      accept: [...accept],
      checksum,
    };
  }
}
