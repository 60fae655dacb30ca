declare const bucketBrand: unique symbol;
declare const keyBrand: unique symbol;

/**
 * A bucket name that passed {@link parseBucket}.
 * @public
 */
export type BucketName = string & { readonly [bucketBrand]: true };

/**
 * An object key that passed {@link parseKey}.
 * @public
 */
export type ObjectKey = string & { readonly [keyBrand]: true };
