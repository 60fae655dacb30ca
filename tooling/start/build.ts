/** What the demo serves has to be built first: the console, and the uploader for pages without a build step. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Builds what is not built yet; turbo remembers the rest. */
export async function buildPages(): Promise<void> {
  const args = [
    'run',
    'build',
    '--output-logs=errors-only',
    '--filter=@valetkey/console',
    '--filter=@valetkey/browser-uploader',
  ];
  const child = spawn('turbo', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`the pages could not be built:\n${output}`);
}
