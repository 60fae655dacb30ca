import type {} from 'vitest';

import type { S3Description } from './s3/s3-description.ts';

/**
 * What one test run's engines are, as `inject('engines')` hands it to every test.
 *
 * @internal
 */
export interface EngineDescriptions {
  /** The first S3 engine: SeaweedFS, or the existing service of VALETKEY_S3_*. */
  readonly seaweedfs?: S3Description;
  readonly versitygw?: S3Description;
  readonly kubernetes?: unknown;
  /** For each engine that is not there, why not and what to do about it. */
  readonly absent: Readonly<Partial<Record<EngineName, string>>>;
}

/** The engines a test can require. @internal */
export type EngineName = 'seaweedfs' | 'versitygw' | 'kubernetes';

declare module 'vitest' {
  interface ProvidedContext {
    engines: EngineDescriptions;
  }
}
