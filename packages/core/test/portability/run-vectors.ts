/**
 * Everything that the portable entry points do, told as text. It is bundled once for Node and once for everywhere
 * else, and run in every runtime: what comes out has to be the same to the byte.
 */
import {
  compilePolicy,
  createPolicySet,
  defineStore,
  evaluate,
  parseDurationSeconds,
  parseInstant,
  parseMetadata,
  presign as presignGrant,
  sha256Hex,
} from '../../src/index.ts';
import { explain, verify } from '../../src/explain.ts';
import { postForm, presign, ValetkeyError } from '../../src/signing.ts';
import { base, cases, credentials, traps, type VectorCase } from '../../vectors/cases.ts';

/** Name of each answer, and the answer. */
export type Answers = Readonly<Record<string, string>>;

const nowMs = parseInstant('2026-11-24T12:00:00Z', 'now');
const keys = credentials['long-term'];

/** The answers of the runtime that this runs in. */
export function runVectors(): Answers {
  return Object.fromEntries([
    ...cases.flatMap(vectorAnswers),
    ...traps.map(({ name, change }) => {
      const request = { ...base, ...change } as VectorCase['request'];
      return [`trap ${name}`, codeOf(() => presign(request, keys, { nowMs }))];
    }),
    ['policy', policyAnswer()],
    ['form', formAnswer()],
    ['hash of text', sha256Hex('grüße 🗝️')],
    ['durations', JSON.stringify([parseDurationSeconds('1h30m', 'a'), parseMetadata({ caption: 'ü' }, 'm')])],
  ]);
}

function vectorAnswers({ name, credentials: keysName, signedAt, request }: VectorCase) {
  const owner = credentials[keysName];
  const signedAtMs = parseInstant(signedAt, 'signedAt');
  const url = presign(request, owner, { nowMs: signedAtMs });
  const { method, requiredHeaders: headers } = url;
  const sent = { method, url: url.reveal(), headers };
  return [
    [`url ${name}`, url.reveal()],
    [`verdict ${name}`, JSON.stringify(verify(sent, () => owner, signedAtMs))],
    [`explanation ${name}`, JSON.stringify(explain(url.reveal(), { nowMs: signedAtMs, method }))],
    [`shown ${name}`, `${String(url)} ${JSON.stringify(url)}`],
  ] as const;
}

function policyAnswer(): string {
  const policy = compilePolicy(
    {
      name: 'avatars',
      subjects: [{ kind: 'user' }],
      stores: ['media'],
      buckets: ['user-media'],
      rule: {
        actions: ['download'],
        keys: ['avatars/{sub}/{any}'],
        lifetime: { default: '5m', max: '15m' },
      },
    },
    'policies[0]',
  );
  const store = defineStore({ name: 'media', profile: 'aws', region: 'eu-central-1' });
  const ask = (key: string) =>
    evaluate(
      createPolicySet([policy]),
      {
        subject: { kind: 'user', id: 'ann', claims: {} },
        method: 'GET',
        store: 'media',
        bucket: 'user-media',
        key,
      },
      { nowMs, newUuid: () => '0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f' },
    );
  const allowed = ask('avatars/ann/grüße.png');
  const url = allowed.allowed ? presignGrant(allowed.grant, keys, { store, nowMs }).reveal() : 'denied';
  return `${url} ${JSON.stringify(ask('avatars/bob/a.png'))}`;
}

function formAnswer(): string {
  const form = postForm(
    {
      endpoint: base.endpoint,
      region: base.region,
      bucket: base.bucket,
      key: 'uploads/grüße.png',
      expiresInSeconds: 600,
      minBytes: 1,
      maxBytes: 1000,
    },
    keys,
    { nowMs },
  );
  return JSON.stringify(form.reveal());
}

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'was signed';
  } catch (error) {
    if (error instanceof ValetkeyError) return error.code;
    throw error;
  }
}
