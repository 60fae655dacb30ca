import { parseSizeBytes } from '@valetkey/core';
import { postForm, type SignedPostForm } from '@valetkey/core/signing';
import { Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { parseLifetimeOption } from '../lifetime-option.ts';
import { parseObjectUrl } from '../object-url.ts';
import { shellQuote } from '../shell-quote.ts';
import { chooseStore, withStoreFlags, type StoreOptions } from '../store-options.ts';

interface PostFormFlags extends StoreOptions {
  readonly expiresIn: string;
  readonly maxSize: string;
  readonly minSize: string;
  readonly contentType?: string;
  readonly curl?: boolean;
  readonly html?: boolean;
}

const examples = `
Examples:
  $ valetkey post-form s3://media/in/photo.png --max-size 5Mi --content-type image/png
  $ valetkey post-form s3://media/in/photo.png --max-size 5Mi --curl
  $ valetkey post-form s3://media/in/photo.png --max-size 5Mi --html > upload.html
`;

/** \`valetkey post-form\`: a form that uploads one object of a size within bounds. */
export function postFormCommand(io: Io): Command {
  return withStoreFlags(new Command('post-form'))
    .summary('print a form that uploads one object')
    .description(
      'Print the address and the fields of a browser form (POST) that uploads one object. Unlike a presigned PUT the ' +
        'size may vary, within bounds that are signed. Not every store takes such forms; AWS, MinIO and SeaweedFS do.',
    )
    .argument('<object>', 's3://BUCKET/KEY, or BUCKET/KEY')
    .requiredOption('--max-size <size>', 'the largest file, in bytes or such as 5Mi')
    .option('--min-size <size>', 'the smallest file', '0')
    .option('--content-type <type>', 'the type that the form must carry')
    .option('--expires-in <lifetime>', 'seconds, or a duration such as 90m, 1h30m or 7d', '3600')
    .addOption(new Option('--curl', 'print a curl command that sends FILE').conflicts('html'))
    .addOption(new Option('--html', 'print a page with the form').conflicts('curl'))
    .addHelpText('after', examples)
    .action(async (object: string, flags: PostFormFlags) => {
      const form = await makeForm(object, flags, io);
      if (form.limitedBy !== 'asked') {
        io.stderr(`valetkey: note: the form ends at ${form.expiresAt}, limited by ${form.limitedBy}\n`);
      }
      io.stdout(`${flags.curl ? toCurl(form) : flags.html ? toHtml(form) : toJson(form)}\n`);
    });
}

async function makeForm(object: string, flags: PostFormFlags, io: Io): Promise<SignedPostForm> {
  const { bucket, key } = parseObjectUrl(object);
  const expiresInSeconds = parseLifetimeOption(flags.expiresIn, '--expires-in');
  const [minBytes, maxBytes] = [
    parseSizeBytes(flags.minSize, '--min-size'),
    parseSizeBytes(flags.maxSize, '--max-size'),
  ];
  const { store, credentials } = await chooseStore(flags, io);
  if (!store.profile.postForms) {
    io.stderr(`valetkey: note: a store of the profile ${store.profile.name} may not take forms\n`);
  }
  const { publicEndpoint: endpoint, addressing, region, maxLifetimeSeconds = expiresInSeconds } = store;
  return postForm(
    {
      endpoint,
      addressing,
      region,
      bucket,
      key,
      minBytes,
      maxBytes,
      contentType: flags.contentType,
      expiresInSeconds: Math.min(expiresInSeconds, maxLifetimeSeconds),
    },
    await credentials(),
    { nowMs: io.clock.now() },
  );
}

function toJson(form: SignedPostForm): string {
  const { url, expiresAt, limitedBy } = form;
  return JSON.stringify({ method: 'POST', url, fields: form.reveal(), expiresAt, limitedBy }, undefined, 2);
}

function toCurl(form: SignedPostForm): string {
  // `--form-string` takes a value as it stands; `--form` would read files named by `@` and `<`.
  const fields = Object.entries(form.reveal()).map(
    ([name, value]) => `--form-string ${shellQuote(`${name}=${value}`)}`,
  );
  return ['curl --fail', ...fields, '--form file=@FILE', shellQuote(form.url)].join(' ');
}

function toHtml(form: SignedPostForm): string {
  const fields = Object.entries(form.reveal()).map(
    ([name, value]) => `    <input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  return [
    '<!doctype html>',
    '<html lang="en">',
    '  <meta charset="utf-8">',
    '  <title>Upload</title>',
    `  <form action="${escape(form.url)}" method="post" enctype="multipart/form-data">`,
    ...fields,
    '    <label>File <input type="file" name="file" required></label>',
    '    <button>Upload</button>',
    '  </form>',
    '</html>',
  ].join('\n');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
