import type { ControlPlane } from '@valetkey/testbed';

const shownLines = 8;
const account = 'system:serviceaccount:valetkey-system:valetkey-issuer';

/** What kubectl shows of the run, shortened. */
export async function describeToPeople({ kubectl }: ControlPlane): Promise<string> {
  const commands: readonly (readonly string[])[] = [
    ['get', 'shares', '-n', 'steady', '-o', 'wide'],
    ['get', 'shares', '-n', 'foreign', '-o', 'wide'],
    ['describe', 'share', 'taken-0', '-n', 'foreign'],
    ['get', 'events', '-n', 'foreign'],
    ['auth', 'can-i', '--list', '-n', 'steady', '--as', account],
    ['auth', 'can-i', '--list', '-n', 'valetkey-system', '--as', account],
  ];
  const parts: string[] = [];
  for (const command of commands) {
    const lines = (await kubectl(...command)).trimEnd().split('\n');
    const isList = command[0] === 'get';
    const shown = isList ? lines.slice(0, shownLines) : lines;
    const rest = lines.length - shown.length;
    parts.push(
      [`$ kubectl ${command.join(' ')}`, ...shown, ...(rest > 0 ? [`(${rest} more)`] : [])].join('\n'),
    );
  }
  return parts.join('\n\n');
}
