import { readFileSync } from 'node:fs';

/** The version in the command's own `package.json`, which stands beside `src` and beside `dist`. */
export function packageVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    const { version } = manifest;
    if (typeof version === 'string') return version;
  }
  throw new Error("The command's package.json has no version");
}
