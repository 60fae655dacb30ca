import { inParallel, type AdminConnection, type ApiObject } from '../../test/admin-connection.ts';
import { aShare, sharesPath } from '../../test/share-fixtures.ts';

const connections = 16;
/** About as long as what the issuer writes for one object. */
const entry = Buffer.alloc(700, 'x').toString('base64');
/** As in the issuer's PUTs: no account of fields is kept, which is cheaper. */
const managedFields = [{}];

/** Writes a second that a loop reaches which does nothing but write what it has at hand. */
export interface WriteCeiling {
  /** PUT of a Secret, again and again. */
  readonly secretPuts: number;
  /** The issuer's own mixture: for each Share a POST of a Secret and a PUT of the Share's status. */
  readonly issuersMixture: number;
}

/** Measures with 16 keep-alive connections, in a namespace of its own that nobody serves. */
export async function measureWriteCeiling(admin: AdminConnection, count: number): Promise<WriteCeiling> {
  const namespace = 'ceiling';
  const { names, secrets } = await prepare(admin, namespace, count);
  const versions = new Map<string, string>();
  await inParallel(names, connections, async (name) => {
    const { metadata } = await send(admin, 'POST', sharesPath(namespace), aShare(namespace, name));
    versions.set(name, metadata.resourceVersion);
  });
  const mixtureSeconds = await timed(() =>
    inParallel(names, connections, async (name) => {
      await send(admin, 'POST', secrets, toSecret(name));
      await send(admin, 'PUT', `${sharesPath(namespace)}/${name}/status?fieldValidation=Ignore`, {
        ...aShare(namespace, name),
        metadata: { namespace, name, resourceVersion: versions.get(name) },
        spec: undefined,
        status: aStatus(name),
      });
    }),
  );
  const putSeconds = await timed(() =>
    inParallel(names, connections, async (name) => {
      await send(admin, 'PUT', `${secrets}/${name}`, {
        ...toSecret(name),
        metadata: { name, labels: { of: 'put' }, managedFields },
      });
    }),
  );
  await admin.send('DELETE', sharesPath(namespace));
  await admin.send('DELETE', secrets);

  return { secretPuts: count / putSeconds, issuersMixture: (2 * count) / mixtureSeconds };
}

/** PUTs a second of Secrets that lose their data, as in {@link measureWriteCeiling}. */
export async function measureEmptyingCeiling(admin: AdminConnection, count: number): Promise<number> {
  const { names, secrets } = await prepare(admin, 'emptying', count);
  await inParallel(names, connections, async (name) => {
    await send(admin, 'POST', secrets, toSecret(name));
  });
  const seconds = await timed(() =>
    inParallel(names, connections, async (name) => {
      await send(admin, 'PUT', `${secrets}/${name}`, { metadata: { name, managedFields } });
    }),
  );
  await admin.send('DELETE', secrets);
  return count / seconds;
}

/** A namespace, and the names of what is to be written into it. */
async function prepare(admin: AdminConnection, namespace: string, count: number) {
  await admin.send('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  const names = Array.from({ length: count }, (_, n) => `bare-${n}`);
  return { names, secrets: `/api/v1/namespaces/${namespace}/secrets` };
}

function toSecret(name: string) {
  return { metadata: { name }, data: { url: entry, curl: entry } };
}

/** About as long as what the issuer writes. */
function aStatus(name: string) {
  const instant = '2026-11-24T10:00:00Z';
  const types = ['Ready', 'Authorized', 'SecretSynced', 'LifetimeClamped', 'RenewalOverdue', 'Stalled'];
  return {
    observedGeneration: 1,
    secretRef: { name, uid: 'b7c9b6f0-5c6f-4b1c-9d55-000000000000', resourceVersion: '1' },
    policyRef: { name: 'models' },
    objectCount: 1,
    revision: 1,
    issuedTime: instant,
    expirationTime: instant,
    renewalTime: instant,
    lastAttemptTime: instant,
    inputsDigest: 'a'.repeat(64),
    conditions: types.map((type) => ({
      type,
      status: 'True',
      reason: 'Issued',
      message: 'the Secret holds URLs that are valid until the time in status',
      observedGeneration: 1,
      lastTransitionTime: instant,
    })),
  };
}

async function send(
  admin: AdminConnection,
  method: 'POST' | 'PUT',
  path: string,
  body: object,
): Promise<ApiObject> {
  const answer = await admin.send(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body as ApiObject;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return (performance.now() - startMs) / 1000;
}
