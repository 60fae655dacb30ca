/** What the plugin itself says; everything else comes from Uppy and from the errors' own messages. */
export const locale = {
  strings: {
    limitsUnknown: 'The limits are not known yet',
    stalling: 'No progress for 30 seconds; trying again',
    notRemembered: 'Uploads will not go on after a reload',
    uploaded: { 0: '%{smart_count} file is uploaded', 1: '%{smart_count} files are uploaded' },
    pickAgain: 'Pick “%{file}” again to go on',
    onlyLocal: '“%{file}” is not on this device',
  },
};

/**
 * A translation of what the plugin says, for its option `locale`.
 * @public
 */
export interface ValetkeyLocale {
  readonly strings: { [Key in keyof typeof locale.strings]: Translated<(typeof locale.strings)[Key]> } & {
    /**
     * Errors by their code; in English they are the errors' own messages, which stand for `%{message}` here: what is
     * for whoever runs the service or the store.
     */
    readonly [Code in Refusal]: string;
  };
  /** Which of a string's forms a count takes. */
  readonly pluralize: (count: number) => number;
}

/** Codes of errors that are translated. */
export type Refusal =
  | 'unauthenticated'
  | 'forbidden'
  | 'already-exists'
  | 'superseded'
  | 'line-too-slow'
  | 'cors'
  | 'network'
  | 'stalled'
  | 'file-changed'
  | 'store-refused'
  | 'upload-expired'
  | 'clock-skewed';

type Translated<Text> = Text extends string ? string : { [form: number]: string };
