/**
 * The guides about Kubernetes, read from top to bottom as somebody would who follows them: their manifests are applied to
 * a real API server, their values given to the real helm, their commands typed into a shell. What a guide says that a
 * command prints, it prints.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  controlPlane,
  freePort,
  requireEngine,
  startEngine,
  startKubernetes,
  toKubeconfig,
  type ControlPlane,
  type ControlPlaneEngine,
  type EngineProcess,
} from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { renderChart } from './rendered.ts';

const { program: helm } = requireEngine(inject('engines'), 'helm');
const root = path.dirname(path.dirname(import.meta.dirname));
const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-guides-'));
const guides = [
  'publish-a-url-to-a-pod',
  'write-a-share-policy',
  'what-the-issuer-may-do',
  'mount-dont-subpath',
  'kubernetes-credentials',
  'scale-and-high-availability',
  'runbook',
].map((name) => ({ name, sections: sectionsOf(readFileSync(`${root}/docs/guides/${name}.md`, 'utf8')) }));

let engine: ControlPlaneEngine;
let cluster: ControlPlane;
let issuer: EngineProcess | undefined;

beforeAll(async () => {
  engine = await startKubernetes({ report: () => undefined });
  cluster = controlPlane(engine.description);
  await cluster.createNamespace('team-a');
  const kubeconfig = toKubeconfig(engine.description, engine.description.adminToken);
  writeFileSync(path.join(folder, 'config'), kubeconfig, { mode: 0o600 });
  symlinkSync(engine.description.kubectl, path.join(folder, 'kubectl'));
  symlinkSync(helm, path.join(folder, 'helm'));
  symlinkSync(path.join(root, 'infra'), path.join(folder, 'infra'));
  const entry = path.join(root, 'apps/cli/bin/valetkey-dev.ts');
  const valetkey = `#!/bin/sh\nexec '${process.execPath}' --conditions=@valetkey/source '${entry}' "$@"\n`;
  writeFileSync(path.join(folder, 'valetkey'), valetkey, { mode: 0o755 });
  writeFileSync(path.join(folder, 'platform.yaml'), objectsOf(guides[0]?.sections.slice(0, 4) ?? []));
});
afterAll(async () => {
  await issuer?.stop();
  await engine.stop();
  rmSync(folder, { recursive: true });
});

describe.each(guides)('the guide $name', ({ name, sections }) => {
  beforeAll(() => writeFileSync(path.join(folder, 'guide.yaml'), objectsOf(sections)));

  test.each(sections.filter(({ blocks }) => blocks.length > 0))(
    '$title',
    { timeout: 120_000 },
    async (section) => {
      if (name === 'publish-a-url-to-a-pod' && section.title === 'Look') await startIssuer();
      for (const { language, text } of section.blocks) {
        if (language === 'console') for (const example of examplesOf(text)) await type(example);
        else if (isManifest(text)) await apply(text);
        else expect((await renderChart(helm, parse(text) as object)).length).toBeGreaterThan(10);
      }
    },
  );
});

test('what "What the issuer may do" lists is all of it', async () => {
  const { sections = [] } = guides.find(({ name }) => name === 'what-the-issuer-may-do') ?? {};
  const all = sections.find(({ title }) => title === 'All of it')?.text ?? '';
  const listed = await cluster.kubectl(
    'auth',
    'can-i',
    '--list',
    '-n',
    'valetkey-system',
    '--as',
    issuerName,
  );
  const granted = listed
    .split('\n')
    .map((line) => line.split(/\s+/)[0] ?? '')
    .filter((word) => /^[a-z]/.test(word) && !word.startsWith('selfsubject'))
    .map((resource) => resource.replace(/\.(valetkey\.dev|coordination\.k8s\.io)/, ''));
  const documented = [...all.matchAll(/^\| ([^|]+)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([a-z0-9./]+)`/g)].map(([, resource]) => resource),
  );
  expect(new Set(documented)).toEqual(new Set(granted));
});

const issuerName = 'system:serviceaccount:valetkey-system:valetkey-issuer';

interface Block {
  readonly language: string;
  readonly text: string;
}

interface Section {
  readonly title: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

interface Example {
  readonly command: string;
  readonly output: string;
}

function sectionsOf(guide: string): readonly Section[] {
  return guide.split(/^##? /m).map((text) => ({
    title: text.split('\n')[0] ?? '',
    text,
    blocks: [...text.matchAll(/```(console|yaml)\n([\s\S]*?)```/g)].map(([, language = '', block = '']) => ({
      language,
      text: block,
    })),
  }));
}

function isManifest(text: string): boolean {
  return parseAllDocuments(text).every((document) => document.has('kind'));
}

/** The manifests of a guide in one file. */
function objectsOf(sections: readonly Section[]): string {
  return sections
    .flatMap(({ blocks }) => blocks)
    .filter(({ language, text }) => language === 'yaml' && isManifest(text))
    .map(({ text }) => text)
    .join('---\n');
}

function examplesOf(block: string): readonly Example[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = '', ...output] = text.split('\n');
      return { command, output: output.join('\n') };
    });
}

/** Its answer is 1 where a Share is not Ready. */
const mayFindSomething = /^valetkey k8s status/;

/** Types a command; without an output in the guide it only has to succeed. */
async function type({ command, output }: Example): Promise<void> {
  const { code, printed } = await shell(command);
  if (output.trim() === '' && mayFindSomething.test(command)) expect(code).toBeLessThan(2);
  else if (output.trim() === '') expect({ command, code, printed }).toMatchObject({ code: 0 });
  else expect(`$ ${command}\n${normalize(printed)}`).toBe(`$ ${command}\n${normalize(output)}`);
}

function shell(command: string): Promise<{ readonly code: number; readonly printed: string }> {
  const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, KUBECONFIG: path.join(folder, 'config') };
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['--norc', '-o', 'pipefail', '-c', command],
      { cwd: folder, env },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), printed: stdout + stderr }),
    );
  });
}

/** Without what is another one each time. */
function normalize(output: string): string {
  return output
    .split('\n')
    .filter((line) => !line.startsWith('Warning:'))
    .join('\n')
    .replaceAll(/\b(?:\d+[dhms])+\b/g, 'TIME')
    .replaceAll(/ {2,}/g, '  ')
    .replaceAll(/ +$/gm, '')
    .trim();
}

async function apply(text: string): Promise<void> {
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
  await cluster.apply(text);
}

/** The Pods of the chart have no node here; their program runs beside it, with the ServiceAccount's own token. */
async function startIssuer(): Promise<void> {
  const token = await cluster.serviceAccountToken('valetkey-system', 'valetkey-issuer');
  writeFileSync(path.join(folder, 'issuer-config'), toKubeconfig(engine.description, token), { mode: 0o600 });
  const listen = `127.0.0.1:${await freePort()}`;
  const main = path.join(root, 'apps/k8s-issuer/src/main.ts');
  const kubeconfig = path.join(folder, 'issuer-config');
  issuer = await startEngine({
    name: 'k8s-issuer',
    command: process.execPath,
    args: ['--conditions=@valetkey/source', main, '--kubeconfig', kubeconfig, '--listen', listen],
    folder,
    ready: async () => (await fetch(`http://${listen}/readyz`)).ok,
    stopGraceMs: 10_000,
  });
  await cluster.kubectl('wait', '--for=condition=Ready', 'share/weights', '-n', 'vision', '--timeout=60s');
}
