import type { ProvidedContext } from 'vitest';

import type { ChromiumDescription } from './chromium/chromium-description.ts';
import type { HelmDescription } from './helm/helm-install.ts';
import type { ControlPlaneDescription } from './kubernetes/control-plane-description.ts';
import type { PrometheusDescription } from './prometheus/prometheus-install.ts';
import type { RedisDescription } from './redis/redis-description.ts';
import type { S3Description } from './s3/s3-description.ts';

/** The engines a test can require. @internal */
export type EngineName =
  | 'seaweedfs'
  | 'versitygw'
  | 'kubernetes'
  | 'helm'
  | 'prometheus'
  | 'chromium'
  | 'redis';

declare module 'vitest' {
  interface ProvidedContext {
    /** What one test run's engines are, as `inject('engines')` hands it to every test. */
    engines: {
      /** The first S3 engine: SeaweedFS, or the existing service of VALETKEY_S3_*. */
      readonly seaweedfs?: S3Description;
      readonly versitygw?: S3Description;
      readonly kubernetes?: ControlPlaneDescription;
      /** The program that renders and installs the chart. */
      readonly helm?: HelmDescription;
      /** What evaluates the alerts, and the schemas of the objects they come in. */
      readonly prometheus?: PrometheusDescription;
      /** For `connectChromium`. */
      readonly chromium?: ChromiumDescription;
      /** Valkey, or Redis where that is installed. */
      readonly redis?: RedisDescription;
      /** For each engine that is not there, why not and what to do about it. */
      readonly absent: Readonly<Partial<Record<EngineName, string>>>;
    };
  }
}

/** What `inject('engines')` gives a test. @internal */
export type EngineDescriptions = ProvidedContext['engines'];
