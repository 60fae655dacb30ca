import { expect, test } from 'vitest';

import { UploadError } from '../engine/upload-error.ts';
import * as all from '../locales.ts';
import { errorMessage } from '../plugin/error-message.ts';
import { locale, type Refusal } from '../plugin/locale.ts';

/** In English the refusals are the errors' own messages. */
const refusals: readonly Refusal[] = [
  'unauthenticated',
  'forbidden',
  'already-exists',
  'superseded',
  'line-too-slow',
  'network',
  'stalled',
  'file-changed',
  'upload-expired',
];
/** With what the store or the service said, for whoever runs them. */
const forOperators: readonly Refusal[] = ['cors', 'store-refused', 'clock-skewed'];
const english: readonly [string, string | object][] = [
  ...Object.entries(locale.strings),
  ...refusals.map((code): [string, string] => [code, 'text']),
  ...forOperators.map((code): [string, string] => [code, '%{message}']),
];
const blanks = (text: string) => new Set([...text.matchAll(/%\{(\w+)\}/g)].map(([, name]) => name));
const formsOf = (text: string | object): string[] =>
  typeof text === 'string' ? [text] : Object.values(text);

test('there are six languages beside English', () => {
  expect(Object.keys(all).sort()).toEqual(['de', 'es', 'fr', 'ja', 'ptBR', 'zhCN']);
});

test.each(Object.entries(all))(
  '%s says everything, with the same blanks and every form of its plurals',
  (name, translation) => {
    const strings = new Map<string, string | object>(Object.entries(translation.strings));
    expect([...strings.keys()].sort()).toEqual(english.map(([key]) => key).sort());
    const forms = new Set([0, 1, 2, 5, 21, 100].map(translation.pluralize));
    for (const [key, text] of english) {
      const translated = strings.get(key) ?? '';
      for (const form of formsOf(translated)) {
        expect(form, key).not.toBe('');
        expect(blanks(form), key).toEqual(blanks(formsOf(text)[0] ?? ''));
      }
      if (typeof text === 'string') expect(typeof translated, key).toBe('string');
      else
        expect(Object.keys(translated).map(Number), `${name} ${key}`).toEqual(
          [...forms].sort((a, b) => a - b),
        );
    }
  },
);

test.each(Object.entries(all))(
  '%s says what a failed upload means, with the store’s own words',
  (_, translation) => {
    const refused = new UploadError('store-refused', 'Status 403 ($&: no).');
    expect(errorMessage(refused, translation)).toMatch(/.{5}Status 403 \(\$&: no\)\.$/);
    expect(errorMessage(new UploadError('stalled', 'No progress.'), translation)).not.toBe(
      translation.strings.stalling,
    );
  },
);
