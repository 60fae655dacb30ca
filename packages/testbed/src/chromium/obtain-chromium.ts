import { findProgram, isExecutableFile } from '../engine/find-program.ts';
import { MissingEngine } from '../engine/missing-engine.ts';
import type { Report } from '../engine/report.ts';
import { runCommand } from '../engine/run-command.ts';
import { chromiumArguments } from './chromium-arguments.ts';
import { unpackChromium } from './chromium-package.ts';

const programs = ['chromium', 'google-chrome', 'chromium-browser'] as const;

type Environment = Readonly<Record<string, string>>;

/** A Chromium on this machine and how it is to be started. @internal */
export interface ChromiumProgram {
  readonly executablePath: string;
  /** What it needs beyond `PATH` and `HOME`. */
  readonly env: Environment;
  readonly args: readonly string[];
}

/**
 * Some Chromium that runs here: the one of CHROMIUM_PATH, else of `PATH`, else of the npm package
 * `@sparticuz/chromium` (Linux on x64), which is unpacked into the cache.
 *
 * @throws MissingEngine when CHROMIUM_PATH names no executable file or none of the others runs.
 *
 * @internal
 */
export const obtainChromium = async (report: Report): Promise<ChromiumProgram> => {
  const args = await chromiumArguments();
  const executablePath = (await chosenProgram()) ?? (await installedProgram(report));
  if (executablePath) return { executablePath, env: {}, args };
  return { ...(await packagedProgram(report)), args };
};

const chosenProgram = async (): Promise<string | undefined> => {
  const path = process.env['CHROMIUM_PATH'];
  if (!path || (await isExecutableFile(path))) return path || undefined;
  throw missing([`CHROMIUM_PATH=${path}, which is no executable file`]);
};

// `chromium-browser` may be a script that only says to install the snap.
const installedProgram = async (report: Report): Promise<string | undefined> => {
  for (const name of programs) {
    const path = await findProgram(name);
    if (!path) continue;
    const failure = await failureOf(path, { PATH: process.env['PATH'] ?? '' });
    if (!failure) return path;
    report(`${path} does not run: ${failure.message}`);
  }
  return undefined;
};

const packagedProgram = async (report: Report): Promise<Pick<ChromiumProgram, 'executablePath' | 'env'>> => {
  const lookedFor = ['CHROMIUM_PATH', `${programs.join(', ')} on PATH`];
  const target = `${process.platform}-${process.arch}`;
  if (target !== 'linux-x64') throw missing([...lookedFor, `a packaged Chromium for ${target}`]);
  const { executablePath, fontsFolder, libraryFolder } = await unpackChromium(report).catch(
    (error: unknown) => {
      throw missing([...lookedFor, 'npm package @sparticuz/chromium with tar'], error);
    },
  );
  const fonts = { FONTCONFIG_PATH: fontsFolder };
  if (!(await failureOf(executablePath, fonts))) return { executablePath, env: fonts };
  const env = { ...fonts, LD_LIBRARY_PATH: libraryFolder };
  const failure = await failureOf(executablePath, env);
  if (!failure) return { executablePath, env };
  throw missing([...lookedFor, `${executablePath}, which does not run`], failure);
};

const failureOf = (path: string, env: Environment): Promise<Error | undefined> =>
  runCommand(path, ['--version'], { env: { ...env } }).then(
    () => undefined,
    (error: Error) => error,
  );

const missing = (lookedFor: readonly string[], cause?: unknown): MissingEngine =>
  new MissingEngine(
    {
      engine: 'Chromium',
      lookedFor,
      install: 'Set CHROMIUM_PATH to a Chromium or Chrome, or install chromium.',
    },
    { cause },
  );
