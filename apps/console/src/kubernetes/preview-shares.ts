/** What the issuer would make of YAML, worked out in the page: nothing is sent anywhere and nothing is signed. */
import './zod-without-eval.ts';

import { redact, systemClock, ValetkeyError } from '@valetkey/core';
import { decideShare, gatherShares, issueShare, type ShareInputs } from '@valetkey/share';
import { parseAllDocuments, stringify } from 'yaml';

/** One Share's outcome. */
export type SharePreview = { readonly name: string } & (
  | {
      readonly admitted: true;
      readonly policy: string;
      readonly secretName: string;
      readonly entries: readonly string[];
      /** The Secret as YAML, signatures redacted. */
      readonly secret: string;
    }
  | { readonly admitted: false; readonly reason: string; readonly message: string }
);

/** Every Share's outcome, or why the text is not what could be applied. */
export type Preview =
  | { readonly valid: true; readonly shares: readonly SharePreview[] }
  | { readonly valid: false; readonly message: string };

/** Never throws for anything that a person can write. */
export function previewShares(text: string): Preview {
  try {
    const nowMs = systemClock.now();
    const shares = gatherShares(parseYaml(text), nowMs);
    if (shares.length === 0) return { valid: false, message: 'There is no Share among the documents.' };
    return { valid: true, shares: shares.map((inputs) => previewOf(inputs, nowMs)) };
  } catch (error) {
    if (error instanceof ValetkeyError) return { valid: false, message: error.message };
    throw error;
  }
}

function previewOf(inputs: ShareInputs, nowMs: number): SharePreview {
  const { share, namespace } = inputs;
  const name = `${namespace.name}/${share.metadata.name}`;
  const decision = decideShare(inputs);
  if (!decision.allowed) return { name, admitted: false, ...decision.finding };
  // Keys that open nothing; what they sign is redacted all the same, so that nobody takes it for a URL.
  const nobody = { accessKeyId: 'PREVIEW', secretAccessKey: 'preview' };
  const { secret, policy } = issueShare(decision, nobody, {
    share,
    namespace: namespace.name,
    revision: 1,
    nowMs,
  });
  const stringData = Object.fromEntries(
    Object.entries(secret.stringData).map(([entry, value]) => [entry, redact(value)]),
  );
  return {
    name,
    admitted: true,
    policy,
    secretName: secret.metadata.name,
    entries: Object.keys(stringData),
    secret: stringify({ ...secret, stringData }, { lineWidth: 0 }),
  };
}

function parseYaml(text: string): readonly unknown[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) {
      throw new ValetkeyError('invalid-configuration', {
        field: problem.linePos === undefined ? 'the text' : `line ${problem.linePos[0].line}`,
        expected: 'well-formed YAML',
        got: problem.code.toLowerCase().replaceAll('_', ' '),
      });
    }
    const object: unknown = document.toJS({ maxAliasCount: 100 });
    return object === null ? [] : [object];
  });
}
