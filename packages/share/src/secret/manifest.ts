import type { Grant, PresignedUrl } from '@valetkey/core';

/** What the manifest says about the whole Share. */
export interface ManifestHead {
  readonly namespace: string;
  readonly share: string;
  readonly revision: number;
}

/** `manifest.json`: what each URL is for and until when. No URLs. */
export function toManifest(
  head: ManifestHead,
  issued: readonly { readonly name: string; readonly grant: Grant; readonly url: PresignedUrl }[],
): string {
  const manifest = {
    schema: 'valetkey.dev/manifest/v1',
    share: { namespace: head.namespace, name: head.share },
    revision: head.revision,
    objects: issued.map(({ name, grant, url }) => ({
      name,
      method: url.method,
      bucket: grant.bucket,
      key: grant.key,
      ...(grant.versionId === undefined ? {} : { versionId: grant.versionId }),
      requiredHeaders: url.requiredHeaders,
      expiresAt: url.expiresAt,
    })),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
