/** The group and version that all four kinds share. */

/** @public */
export const apiGroup = 'valetkey.dev';

/** @public */
export const apiVersion = 'valetkey.dev/v1alpha1';
