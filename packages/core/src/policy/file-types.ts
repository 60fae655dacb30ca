/** Content types of the extensions that files commonly have. */
const typesByExtension: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bin: 'application/octet-stream',
  csv: 'text/csv',
  gif: 'image/gif',
  gz: 'application/gzip',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  md: 'text/markdown',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  wav: 'audio/wav',
  webm: 'video/webm',
  webp: 'image/webp',
  xml: 'application/xml',
  zip: 'application/zip',
};

/** The content type that belongs to an extension, given in lower case and without its dot. */
export function contentTypeOfExtension(extension: string): string | undefined {
  return Object.hasOwn(typesByExtension, extension) ? typesByExtension[extension] : undefined;
}

/**
 * The content type of a file of which only the name is known.
 * @returns `application/octet-stream` for an extension that is not known
 * @public
 */
export function contentTypeOfName(fileName: string): string {
  const extension = /\.([a-z0-9]{1,10})$/.exec(fileName.toLowerCase())?.[1];
  return contentTypeOfExtension(extension ?? '') ?? 'application/octet-stream';
}
