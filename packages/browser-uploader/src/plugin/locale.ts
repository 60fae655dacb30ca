/** What the plugin itself says; everything else comes from Uppy and from the errors. */
export const locale = {
  strings: {
    /** Above the reason, in Uppy's informer. */
    limitsUnknown: 'The limits of this upload are not known yet',
    stalled: 'No progress for 30 seconds; trying again',
  },
};
