/**
 * What the runtime knows of an API object: who it is and which version of it this is.
 * @internal
 */
export interface ApiObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
  };
}

/**
 * The object's key in queues and stores: `namespace/name`, or `name` for what is cluster-scoped.
 * @internal
 */
export function toObjectKey(object: ApiObject): string {
  const { name, namespace } = object.metadata;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}
