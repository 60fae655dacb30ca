/**
 * `npm run mutation`: changes core's code in small ways and tells which changes no test notices. One area after
 * the other, one runner each; `npm run mutation -- grammar` takes the areas whose name contains `grammar`.
 * Ends with 1 when less than {@link requiredPercent} of an area's mutants are noticed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const requiredPercent = 90;
/** Of each property, against each mutant: enough for a mutant that a property notices at all. */
const propertyRuns = 300;
const core = 'packages/core/src';

interface Area {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

const lifetimeFiles = `${core}/signing/{effective-lifetime,signing-time}.ts`;
const areas: Readonly<Record<string, Area>> = {
  grammar: {
    mutate: [`${core}/grammar/*.ts`, `!${core}/grammar/lifetime.ts`],
    tests: [`${core}/grammar/*.test.ts`, `${core}/signing/{presign,post-form}.test.ts`],
  },
  lifetime: {
    mutate: [`${core}/grammar/lifetime.ts`, lifetimeFiles, `${core}/grant/longest-lifetime.ts`],
    tests: [`${core}/{grammar,grant}/*.test.ts`, `${core}/signing/*.test.ts`],
  },
  signing: {
    mutate: [`${core}/signing/*.ts`, `!${lifetimeFiles}`],
    tests: [`${core}/signing/*.test.ts`, `${core}/explain/verify.test.ts`],
  },
  patterns: {
    mutate: [`${core}/policy/{key-pattern,pattern-variable,match-key,generate-key,list-scope}.ts`],
    tests: [`${core}/policy/*.test.ts`],
  },
  evaluation: {
    mutate: [
      `${core}/policy/{decide,check,checks,upload-checks,denial,policy-set,policy,rule,subject}.ts`,
      `${core}/grant/evaluate.ts`,
    ],
    tests: [`${core}/{policy,grant}/*.test.ts`],
  },
};

interface Mutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
}

const filter = process.argv[2] ?? '';
const chosen = Object.entries(areas).filter(([name]) => name.includes(filter));
if (chosen.length === 0) {
  process.stderr.write(`no area has '${filter}' in its name; there are ${Object.keys(areas).join(', ')}\n`);
  process.exitCode = 2;
}
for (const [name, area] of chosen) {
  const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-mutation-'));
  try {
    if (!report(name, mutated(folder, area))) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function mutated(folder: string, { mutate, tests }: Area): Report {
  const config = path.join(folder, 'stryker.json');
  const answer = path.join(folder, 'report.json');
  writeFileSync(
    config,
    JSON.stringify({
      testRunner: 'bundle',
      plugins: [path.resolve('tooling/mutation/bundle-runner.ts')],
      mutate: [...mutate, '!**/*.test.ts'],
      coverageAnalysis: 'perTest',
      concurrency: 1,
      // A busy machine is no mutant that never ends.
      timeoutMS: 30_000,
      reporters: ['json'],
      warnings: { slow: false },
      jsonReporter: { fileName: answer },
      tempDirName: path.join(folder, 'sandbox'),
      // What the tests of core read, and nothing else of the repository.
      ignorePatterns: [
        '**',
        '!package.json',
        '!tsconfig.base.json',
        '!tooling/mutation/**',
        '!packages/core/**',
        '**/node_modules/**',
        'packages/core/dist/**',
      ],
    }),
  );
  const { status } = spawnSync('stryker', ['run', config], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      VALETKEY_MUTATION_TESTS: tests.join(':'),
      VALETKEY_PROPERTY_RUNS: process.env['VALETKEY_PROPERTY_RUNS'] ?? `${propertyRuns}`,
    },
  });
  if (status !== 0) throw new Error(`stryker ended with ${status}`);
  // Written by Stryker a moment ago, in the schema of mutation-testing-report-schema.
  return JSON.parse(readFileSync(answer, 'utf8')) as Report;
}

function report(area: string, { files }: Report): boolean {
  const all = Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants.map((mutant) => ({ file, ...mutant })),
  );
  const endless = all.filter(({ status }) => status === 'Timeout').length;
  const noticed = all.filter(({ status }) => status === 'Killed' || status === 'Timeout');
  const missed = all.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  for (const { file, status, mutatorName, replacement = '', location } of missed) {
    const place = `${file}:${location.start.line}:${location.start.column}`;
    process.stdout.write(`${status} ${place} ${mutatorName} → ${replacement.slice(0, 120)}\n`);
  }
  const counted = noticed.length + missed.length;
  const percent = counted === 0 ? 0 : (100 * noticed.length) / counted;
  process.stdout.write(
    `${area}: ${noticed.length} of ${counted} mutants noticed, ${percent.toFixed(1)} % (${endless} never end)\n`,
  );
  return percent >= requiredPercent;
}
