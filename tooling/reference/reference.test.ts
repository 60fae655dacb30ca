import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { toEditorSchema } from './editor-schema.ts';
import { toHttpReference } from './http-reference.ts';
import { toHttpHandlerReference, toUploaderReference } from './package-references.ts';
import { toServerReference } from './server-reference.ts';

test.each([
  ['docs/reference/http.md', toHttpReference],
  ['docs/reference/http-handler.md', toHttpHandlerReference],
  ['docs/reference/server.md', toServerReference],
  ['docs/reference/uploader.md', toUploaderReference],
  ['apps/signer/valetkey.schema.json', toEditorSchema],
])('%s is what the schemas and types say; `npm run generate` writes it again', (file, make) => {
  expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).toBe(make());
});
