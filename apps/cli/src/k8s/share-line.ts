import { parseInstant, ValetkeyError } from '@valetkey/core';
import { parseShare, secretNameOf, type Condition, type Share } from '@valetkey/share';

/** What the status of a Share comes to. */
export interface ShareLine {
  readonly namespace: string;
  readonly name: string;
  readonly ready: 'True' | 'False' | 'Unknown';
  readonly secret: string;
  readonly policy: string | undefined;
  /** RFC 3339; absent when nothing is published. */
  readonly expiresAt: string | undefined;
  readonly renewsAt: string | undefined;
  readonly reason: string;
  readonly message: string;
}

/** The status of a Share as the API server gives it; one that cannot be read is a line as well. */
export function toShareLine(object: unknown): ShareLine {
  try {
    return fromShare(parseShare(object));
  } catch (error) {
    if (!(error instanceof ValetkeyError)) throw error;
    const { namespace, name } = namesOf(object);
    const unknown = { secret: '-', policy: undefined, expiresAt: undefined, renewsAt: undefined };
    return { namespace, name, ready: 'Unknown', ...unknown, reason: 'InvalidSpec', message: error.message };
  }
}

/** The condition of a type, or what its absence means. */
export function conditionOf(share: Share, type: string): Pick<Condition, 'status' | 'reason' | 'message'> {
  return (
    share.status?.conditions?.find((condition) => condition.type === type) ?? {
      status: 'Unknown',
      reason: 'Pending',
      message: 'the issuer has not visited it yet',
    }
  );
}

/** Instants for people and programs, where there are some. */
export function instantMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseInstant(text, 'status');
}

function fromShare(share: Share): ShareLine {
  const { metadata, status = {} } = share;
  const ready = conditionOf(share, 'Ready');
  const synced = conditionOf(share, 'SecretSynced');
  // A Share whose URLs are valid may still fail to be renewed.
  const worst = ready.status === 'True' && synced.status === 'False' ? synced : ready;
  return {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    ready: ready.status,
    secret: status.secretRef?.name ?? secretNameOf(share),
    policy: status.policyRef?.name,
    expiresAt: status.expirationTime,
    renewsAt: share.spec.suspend ? undefined : status.renewalTime,
    reason: worst.reason,
    message: worst.message,
  };
}

function namesOf(object: unknown): { readonly namespace: string; readonly name: string } {
  const metadata =
    typeof object === 'object' && object !== null && 'metadata' in object ? object.metadata : undefined;
  const text = (field: string): string => {
    const value: unknown =
      typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, field) : undefined;
    return typeof value === 'string' ? value : '?';
  };
  return { namespace: text('namespace'), name: text('name') };
}
