import { findProgram } from '../engine/find-program.ts';
import { runCommand } from '../engine/run-command.ts';

// Loopback only. An address that is no name goes through the rules as well.
const reachable = ['localhost', '*.localhost', '127.0.0.1', '[::1]'];

// Added to Playwright's own, which switch off background networking, component updates, /dev/shm and more.
// Nothing here weakens the same-origin policy: a test's CORS answers are those of a user's browser.
const fixed = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-dev-shm-usage',
  '--no-pings',
  '--no-proxy-server',
  `--host-resolver-rules=MAP * ~NOTFOUND, ${reachable.map((host) => `EXCLUDE ${host}`).join(', ')}`,
];

/**
 * The flags Chromium is started with here: it reaches loopback only, and keeps its sandbox where the system
 * lets this user have one.
 *
 * @internal
 */
export const chromiumArguments = async (): Promise<readonly string[]> =>
  (await canSandbox()) ? fixed : [...fixed, '--no-sandbox'];

// Chromium refuses to run as root with a sandbox, and as another user needs user namespaces for it, which
// many containers and Ubuntu since 23.10 forbid.
const canSandbox = async (): Promise<boolean> => {
  if (process.getuid?.() === 0) return false;
  if (process.platform !== 'linux') return true;
  const unshare = await findProgram('unshare');
  if (!unshare) return false;
  return runCommand(unshare, ['--user', '--map-root-user', 'true']).then(
    () => true,
    () => false,
  );
};
