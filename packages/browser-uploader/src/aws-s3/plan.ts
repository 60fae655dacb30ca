/** How a file goes up, as the service decided. */
export interface Plan {
  /** The service's token; to the plugin the id of a multipart upload. */
  readonly id: string;
  readonly key: string;
  readonly bytes: number;
  readonly mode: 'put' | 'multipart';
  readonly partBytes: number;
}
