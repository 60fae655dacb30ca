/** How to reach an S3 service and who to be there. Path-style addressing works on each. @internal */
export interface S3Description {
  /** `existing` is the service that the VALETKEY_S3_* variables name. */
  readonly name: 'seaweedfs' | 'versitygw' | 'existing';
  /** Origin without a path and without a trailing slash, for instance `http://127.0.0.1:8333`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The engine's own STS (AssumeRole with session policies), where it has one. */
  readonly sts?: StsDescription;
}

/** An STS beside the store, and a role there that the engine's own credentials may assume. @internal */
export interface StsDescription {
  readonly endpoint: string;
  /** May do everything with every object. */
  readonly roleArn: string;
}

/** An S3 service for as long as it is needed. @internal */
export interface S3Engine {
  readonly description: S3Description;
  /** Ends what was started for this engine and removes its data; an existing service is left as it is. */
  readonly stop: () => Promise<void>;
}
