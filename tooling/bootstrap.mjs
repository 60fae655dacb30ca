// Runs on whatever Node the machine has (18.18 or newer, no dependency installed yet): installs what the
// lockfile names, then hands over to the Node that the repository brings.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const oldestHost = [18, 18];
const oldestRuntime = [22, 19];
const tasks = ['start', 'test', 'check', 'bench', 'mutation', 'soak'];

const [task = '', ...args] = process.argv.slice(2);
if (!tasks.includes(task)) fail(`expected one of ${tasks.join(', ')}, got '${task}'`);
if (!isAtLeast(process.versions.node, oldestHost)) {
  fail(`Node ${oldestHost.join('.')} or newer is needed to set up, this is ${process.versions.node}`);
}
process.chdir(root);
install();
handOver(findRuntime());

function install() {
  const inputs = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const input of inputs) hash.update(readFileSync(input));
  const wanted = hash.digest('hex');
  const marker = path.join('node_modules', '.valetkey-installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;

  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'));
  say(`Installing dependencies with ${packageManager} …`);
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
  const reporter = process.stderr.isTTY ? [] : ['--reporter=append-only', '--loglevel=warn'];
  const result = spawnSync(npx, ['-y', packageManager, 'install', '--frozen-lockfile', ...reporter], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, CI: 'true' },
  });
  if (result.error) fail(`npx could not be run (${result.error.message}). Install npm, which brings npx.`);
  if (result.status !== 0) {
    fail('The dependencies could not be installed; the lines above say why. Is the npm registry reachable?');
  }
  mkdirSync('node_modules', { recursive: true });
  writeFileSync(marker, wanted);
}

function findRuntime() {
  const own = path.join(root, 'node_modules', '.bin', 'node');
  if (existsSync(own) && spawnSync(own, ['--version']).status === 0) return own;
  if (isAtLeast(process.versions.node, oldestRuntime)) return process.execPath;
  return fail(
    `The repository brings Node for Linux on x64 and arm64 (with glibc) only. ` +
      `Install Node ${oldestRuntime.join('.')} or newer; this is ${process.versions.node} on ${process.platform} ${process.arch}.`,
  );
}

function handOver(runtime) {
  const env = {
    ...process.env,
    PATH: [path.join(root, 'node_modules', '.bin'), path.dirname(runtime), process.env.PATH ?? ''].join(
      path.delimiter,
    ),
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  };
  const child = spawn(
    runtime,
    ['--conditions=@valetkey/source', '--disable-warning=ExperimentalWarning', `tooling/${task}.ts`, ...args],
    { stdio: 'inherit', env },
  );
  // Ctrl-C reaches the whole process group; the child stops in order and this process only waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => fail(`${runtime} could not be started: ${error.message}`));
  child.on('exit', (code) => process.exit(code ?? 1));
}

function isAtLeast(version, [wantedMajor, wantedMinor]) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(reason) {
  say(`valetkey: ${reason}`);
  process.exit(1);
}
