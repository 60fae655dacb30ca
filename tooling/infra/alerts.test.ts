/**
 * The alerts on samples, by Prometheus' own rules engine: `tooling/infra/alerts` has a file for each. A file that would
 * pass with another alert than ours proves nothing, so each is also run on alerts that are spoiled.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { requireEngine, runCommand } from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse, stringify } from 'yaml';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
}

interface Rules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

interface AlertTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly object[];
    }[];
  }[];
}

const root = path.dirname(path.dirname(import.meta.dirname));
const rulesFile = 'infra/helm/valetkey/files/alerts.yaml';
const testsFolder = path.join(import.meta.dirname, 'alerts');
const { promtool } = requireEngine(inject('engines'), 'prometheus');
const rules = parse(readFileSync(path.join(root, rulesFile), 'utf8')) as Rules;
const alerts = rules.groups.flatMap((group) => group.rules);

let folder: string;

// Spoiled rules lie in a tree of the same shape, since a file of tests names the rules by their path.
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'valetkey-alerts-'));
  await mkdir(path.join(folder, path.dirname(rulesFile)), { recursive: true });
  await mkdir(path.join(folder, 'tooling/infra/alerts'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

test('Prometheus takes the rules', async () => {
  const told = await runCommand(promtool, ['check', 'rules', '--lint-fatal', path.join(root, rulesFile)]);
  expect(told).toContain(`${alerts.length} rules found`);
});

test('every alert has a file of samples, and no file has none', () => {
  expect(readdirSync(testsFolder).toSorted()).toEqual(alerts.map(({ alert }) => `${alert}.yaml`).toSorted());
});

describe.each(alerts)('$alert', (rule) => {
  const file = path.join(testsFolder, `${rule.alert}.yaml`);

  test('fires when it should, says what it should, and is silent otherwise', async () => {
    expect(await runCommand(promtool, ['test', 'rules', file])).toContain('SUCCESS');
  });

  test('is expected both to fire and to be silent', async () => {
    const { tests } = parse(await readFile(file, 'utf8')) as AlertTests;
    const expectations = tests.flatMap((each) => each.alert_rule_test);
    expect(new Set(expectations.map(({ alertname }) => alertname))).toEqual(new Set([rule.alert]));
    expect(new Set(expectations.map(({ exp_alerts: fired }) => fired.length > 0))).toEqual(
      new Set([true, false]),
    );
  });

  test.each<[string, Partial<Rule>]>([
    ['fires at once', { for: '0s' }],
    ['waits 30 seconds less', { for: secondsOf(rule.for, -30) }],
    ['waits 30 seconds more', { for: secondsOf(rule.for, 30) }],
    ['never fires', { expr: `(${rule.expr}) and on() vector(0) > 0` }],
    ['fires for one issuer in place of another', { expr: rule.expr.replaceAll(/by \([^)]*\)/g, '') }],
  ])('the file finds an alert that %s', async (_, change) => {
    await expect(testsOn(rule.alert, { ...rule, ...change })).rejects.toThrow(/got:/);
  });
});

/** Runs an alert's file of samples on this alert in place of ours. */
async function testsOn(name: string, spoiled: Rule): Promise<string> {
  const groups = [{ name: 'spoiled', rules: [spoiled] }];
  await writeFile(path.join(folder, rulesFile), stringify({ groups }));
  const copy = path.join(folder, 'tooling/infra/alerts', `${name}.yaml`);
  await writeFile(copy, await readFile(path.join(testsFolder, `${name}.yaml`)));
  return runCommand(promtool, ['test', 'rules', copy]);
}

function secondsOf(minutes: string, more: number): string {
  return `${Number.parseInt(minutes, 10) * 60 + more}s`;
}
