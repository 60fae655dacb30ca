/** The ways a URL leaves the command: alone, for a pipe, as a command to paste, as a code to scan. */
import type { PresignedUrl } from '@valetkey/core';
import { Option, type Command } from 'commander';
import QRCode from 'qrcode';

import type { Io } from './io.ts';
import { shellQuote } from './shell-quote.ts';

/** Flags of {@link withOutputFlags}; at most one is set. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly curl?: boolean;
  readonly qr?: boolean;
}

/** Adds `--json`, `--curl` and `--qr`, of which one may be given. */
export function withOutputFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--json', 'print the URL with its headers and its end as JSON').conflicts(['curl', 'qr']),
    )
    .addOption(new Option('--curl', 'print a curl command that uses the URL').conflicts(['json', 'qr']))
    .addOption(new Option('--qr', 'print the URL as a QR code, then the URL').conflicts(['json', 'curl']));
}

/** Prints the URL in the form that was asked for, `beside` in JSON only; notes go to standard error. */
export async function printUrl(
  url: PresignedUrl,
  flags: OutputFlags,
  io: Io,
  beside: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  if (url.limitedBy !== 'asked') {
    io.stderr(`valetkey: note: the URL ends at ${url.expiresAt}, limited by ${url.limitedBy}\n`);
  }
  if (flags.json) io.stdout(`${toJson(url, beside)}\n`);
  else if (flags.curl) io.stdout(`${toCurl(url)}\n`);
  else {
    for (const [name, value] of Object.entries(url.requiredHeaders)) {
      io.stderr(`valetkey: note: send the header ${name}: ${value}\n`);
    }
    if (flags.qr) io.stdout(await toQr(url.reveal()));
    io.stdout(`${url.reveal()}\n`);
  }
}

function toJson(url: PresignedUrl, beside: Readonly<Record<string, unknown>>): string {
  const { method, requiredHeaders, expiresAt, limitedBy } = url;
  return JSON.stringify(
    { method, url: url.reveal(), headers: requiredHeaders, expiresAt, limitedBy, ...beside },
    undefined,
    2,
  );
}

/** For a POSIX shell; `FILE` stands where a file has to be named. */
function toCurl(url: PresignedUrl): string {
  // curl sends the length of the file by itself, and two lengths would be one too many.
  const { 'content-length': _length, ...headers } = url.requiredHeaders;
  const quoted = Object.entries(headers).map(
    ([name, value]) => `--header ${shellQuote(`${name}: ${value}`)}`,
  );
  const action = {
    GET: ['--remote-name'],
    HEAD: ['--head'],
    PUT: ['--upload-file FILE'],
    DELETE: ['--request DELETE'],
  }[url.method];
  return ['curl --fail', ...action, ...quoted, shellQuote(url.reveal())].join(' ');
}

async function toQr(text: string): Promise<string> {
  return `${await QRCode.toString(text, { type: 'utf8', errorCorrectionLevel: 'L' })}\n`;
}
