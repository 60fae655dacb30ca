/** All that is checked about a set of files, in their order. */
import { parseDurationSeconds } from '@valetkey/core';
import { findDenials, gatherShares, secretNameOf, type ShareInputs } from '@valetkey/share';
import { findInvalid, type FileObject } from '../manifest-files.ts';
import { conflictAmong } from '../secret-problem.ts';
import { toPodTemplate } from './pod-template.ts';
import { scheduleIntervalSeconds } from './schedule-interval.ts';
import { lintSecretUse, type SharedSecret } from './secret-use.ts';
import type { LintWarning } from './warning.ts';

const shortestLeadSeconds = 180;
/** What kubelet may take until a mounted Secret has changed. */
const propagationSeconds = 120;

/** What is wrong, or works and is rarely meant. */
export function lintManifests(objects: readonly FileObject[], nowMs: number): readonly LintWarning[] {
  const checked = objects.map((one) => ({ one, invalid: invalidObject(one, nowMs) }));
  const sound = checked.flatMap(({ one, invalid }) => (invalid.length === 0 ? [one] : []));
  const gathered = gatherShares(
    sound.map(({ object }) => object),
    nowMs,
  );
  const ofShares = sound.filter(({ object }) => kindOf(object) === 'Share');
  const shares = gathered.map((inputs, index) => ({ inputs, one: ofShares[index] }));
  const secrets = gathered.map(toSharedSecret);
  const all = sound.map(({ object }) => object);
  const warningsOf = (one: FileObject): readonly LintWarning[] => {
    const inputs = shares.find((share) => share.one === one)?.inputs;
    const pods = toPodTemplate(one.object, scheduleIntervalSeconds);
    return [
      ...(inputs === undefined ? [] : lintShare(inputs, one)),
      ...(inputs === undefined ? [] : lintSecret(inputs, one.place, { gathered, all })),
      ...(pods === undefined
        ? []
        : lintSecretUse(pods, secrets).map((found) => ({ place: one.place, ...found }))),
    ];
  };
  return checked.flatMap(({ one, invalid }) => (invalid.length === 0 ? warningsOf(one) : invalid));
}

/** Parsed alone, so that one bad object does not hide the others. */
function invalidObject({ object, placeOf, offsetOf }: FileObject, nowMs: number): readonly LintWarning[] {
  return findInvalid(object, nowMs)
    .map(({ field = '', message }) => ({ field, message, offset: offsetOf(field) }))
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ field, message }) => ({
      place: placeOf(field),
      object: kindOf(object),
      code: 'invalid-object',
      message,
    }));
}

/** What the files have beside a Share. */
interface Surroundings {
  readonly gathered: readonly ShareInputs[];
  readonly all: readonly unknown[];
}

function lintSecret(
  inputs: ShareInputs,
  place: string,
  { gathered, all }: Surroundings,
): readonly LintWarning[] {
  const conflict = conflictAmong(inputs, gathered, all);
  const { share, namespace } = inputs;
  const object = `Share ${namespace.name}/${share.metadata.name}`;
  return conflict === undefined
    ? []
    : [{ place, object, code: 'secret-conflict', message: conflict.message }];
}

function lintShare(inputs: ShareInputs, { place, placeOf }: FileObject): readonly LintWarning[] {
  const { share, namespace } = inputs;
  const object = `Share ${namespace.name}/${share.metadata.name}`;
  const denied = findDenials(inputs).map(({ finding: { reason, message }, index }): LintWarning => ({
    place: index === undefined ? place : placeOf(`spec.objects[${index}]`),
    object,
    code: 'share-not-admitted',
    message: `${reason}: ${message}`,
  }));
  return share.spec.suspend
    ? [...denied, { place, object, code: 'share-suspended', message: 'its URLs are not renewed' }]
    : denied;
}

function toSharedSecret({ share, namespace, policies }: ShareInputs): SharedSecret {
  return {
    share: share.metadata.name,
    namespace: namespace.name,
    secretName: secretNameOf(share),
    leastLeftSeconds: leastLeftSeconds(share.spec, policies),
  };
}

/** The renewal's lead, without what kubelet takes; unknown where the lifetime is some policy's. */
function leastLeftSeconds(
  { lifetime, renewal }: ShareInputs['share']['spec'],
  policies: ShareInputs['policies'],
): number | undefined {
  const usual = policies.length === 1 ? policies[0]?.spec.lifetime.default : undefined;
  const text = lifetime ?? usual;
  if (text === undefined) return undefined;
  const whole = parseDurationSeconds(text, 'spec.lifetime');
  const asked =
    renewal?.before === undefined ? whole / 3 : parseDurationSeconds(renewal.before, 'spec.renewal.before');
  const lead = Math.min(Math.max(asked, shortestLeadSeconds), whole / 2);
  return Math.max(Math.floor(lead) - propagationSeconds, 0);
}

function kindOf(object: unknown): string {
  const kind = typeof object === 'object' && object !== null && 'kind' in object ? object.kind : undefined;
  return typeof kind === 'string' ? kind : 'an object without a kind';
}
