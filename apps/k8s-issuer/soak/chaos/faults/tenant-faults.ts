import { inParallel } from '../../../test/admin-connection.ts';
import { installBase } from '../../../test/issuer-under-test.ts';
import { sharesPath } from '../../../test/share-fixtures.ts';
import {
  aNamespace,
  aPolicyFor,
  createShares,
  numbered,
  publishCanary,
  sharesIn,
  urlsOf,
  type Fault,
  type World,
} from '../world.ts';

const policies = '/apis/valetkey.dev/v1alpha1/sharepolicies';
const crd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/shares.valetkey.dev';
const each = 20;
const quietShares = 50;

/** What tenants and administrators do. */
export const tenantFaults: readonly Fault[] = [
  {
    name: 'policy tightened',
    run: (world) =>
      withdrawAndReturn(world, 'tightened', {
        withdraw: () =>
          world.admin.send('PATCH', `${policies}/tightened`, aPolicyFor('tightened', ['nowhere/{rest}'])),
        giveBack: () => world.admin.send('PATCH', `${policies}/tightened`, aPolicyFor('tightened')),
      }),
  },
  {
    name: 'namespace loses its label',
    run: (world) =>
      withdrawAndReturn(world, 'unlabelled', {
        withdraw: () =>
          world.admin.send('PATCH', '/api/v1/namespaces/unlabelled', {
            metadata: { labels: { soak: null } },
          }),
        giveBack: () => world.admin.send('PATCH', '/api/v1/namespaces/unlabelled', aNamespace('unlabelled')),
      }),
  },
  {
    name: "somebody else's Secret has the name",
    async run(world) {
      const names = numbered('taken', each);
      const kinds = [{}, { immutable: true }, { type: 'valetkey.dev/presigned-urls' }];
      await inParallel(names, 8, async (name) => {
        const kind = kinds[names.indexOf(name) % kinds.length];
        const body = { metadata: { name }, stringData: { password: name }, ...kind };
        await world.admin.send('POST', '/api/v1/namespaces/foreign/secrets', body);
      });
      await world.historian.until('they are seen', () =>
        names.every((name) => world.historian.secrets.has(`foreign/${name}`)),
      );
      const before = contentsOf(world, 'foreign');
      await createShares(world, 'foreign', names);
      await world.historian.until(
        'all conflicts are told',
        () => countOf(world, 'foreign', 'SecretConflict') === each,
      );
      if (contentsOf(world, 'foreign') !== before) throw new Error('a foreign Secret has changed');
      return `${each} SecretConflict, every Secret as it was`;
    },
  },
  {
    name: 'many Shares on one name',
    async run(world) {
      const count = world.plan.sharesOnOneName;
      await createShares(world, 'crowd', numbered('crowd', count), { target: { secretName: 'one-name' } });
      const seconds =
        (await world.historian.until(
          'all are decided',
          () =>
            countOf(world, 'crowd', 'Issued') === 1 &&
            countOf(world, 'crowd', 'SecretConflict') === count - 1,
          300_000,
        )) / 1_000;
      return `1 Ready, ${count - 1} SecretConflict, ${seconds.toFixed(1)} s after the last create`;
    },
  },
  {
    name: 'objects that no schema would let in',
    async run(world) {
      const stored = await storePoison(world);
      const seconds = await publishCanary(world, 'beside-poison');
      world.measured('a Share beside them has its Secret', seconds, 10);
      if (world.replicas.living().length !== 2) throw new Error('a replica has exited');
      return `${stored} stored; both processes live; a Share beside them published after ${seconds.toFixed(1)} s`;
    },
  },
  {
    name: 'a tenant with many bad Shares beside one with 50',
    async run(world) {
      const bad = createShares(world, 'noisy', numbered('bad', world.plan.badShares), {
        objects: [{ name: 'weights', key: 'elsewhere/weights.bin' }],
      });
      const waits: number[] = [];
      for (const name of numbered('good', quietShares)) {
        const startMs = performance.now();
        await createShares(world, 'quiet', [name]);
        await world.historian.until(`${name} is published`, () => urlsOf(world, `quiet/${name}`) > 0);
        waits.push((performance.now() - startMs) / 1_000);
      }
      await bad;
      const p99 = waits.toSorted((a, b) => a - b)[Math.ceil(waits.length * 0.99) - 1] ?? 0;
      world.measured('the 50 Shares have their Secrets, p99', p99, 10);
      await world.historian.until(
        'the bad ones are told',
        () => countOf(world, 'noisy', 'KeyNotAllowed') === world.plan.badShares,
        300_000,
      );
      return `p99 of the 50: ${p99.toFixed(2)} s beside ${world.plan.badShares} bad ones`;
    },
  },
  {
    name: 'Shares deleted',
    async run(world) {
      const names = numbered('deleted', each);
      await createShares(world, 'canary', names);
      await world.historian.until('they are published', () =>
        names.every((name) => urlsOf(world, `canary/${name}`) > 0),
      );
      await inParallel(names, 8, async (name) => {
        await world.admin.send('DELETE', `${sharesPath('canary')}/${name}`);
      });
      const ms = await world.historian.until('their Secrets are gone', () =>
        names.every((name) => !world.historian.secrets.has(`canary/${name}`)),
      );
      world.measured('Secrets of deleted Shares are gone', ms / 1_000, 10);
      return `${each} Secrets gone after ${(ms / 1_000).toFixed(1)} s`;
    },
  },
  {
    name: 'an end time comes',
    async run(world) {
      const names = numbered('ending', 5);
      const endTime = `${new Date(Date.now() + 15_000).toISOString().slice(0, 19)}Z`;
      await createShares(world, 'canary', names, { endTime });
      await world.historian.until('they are published', () =>
        names.every((name) => urlsOf(world, `canary/${name}`) > 0),
      );
      await world.historian.until('they are withdrawn', () =>
        names.every((name) => urlsOf(world, `canary/${name}`) === 0),
      );
      const late = (Date.now() - Date.parse(endTime)) / 1_000;
      world.measured('withdrawn after the end', late, 10);
      return `withdrawn ${late.toFixed(1)} s after the end`;
    },
  },
];

async function withdrawAndReturn(
  world: World,
  namespace: string,
  change: { readonly withdraw: () => Promise<unknown>; readonly giveBack: () => Promise<unknown> },
): Promise<string> {
  const names = numbered('share', each);
  const count = () => names.filter((name) => urlsOf(world, `${namespace}/${name}`) > 0).length;
  await createShares(world, namespace, names);
  await world.historian.until('all are published', () => count() === each);
  await change.withdraw();
  const goneMs = await world.historian.until('all are withdrawn', () => count() === 0);
  world.measured('all are scrubbed', goneMs / 1_000, 10);
  await change.giveBack();
  const backMs = await world.historian.until('all are published again', () => count() === each);
  return `${each} scrubbed after ${(goneMs / 1_000).toFixed(1)} s, back ${(backMs / 1_000).toFixed(1)} s after it was allowed again`;
}

/** Takes the rules away, stores what they would refuse, and puts them back. */
async function storePoison({ admin, cluster }: World): Promise<number> {
  const { body } = await admin.send('GET', crd);
  const definition = body as { readonly spec: { readonly versions: readonly object[] } };
  const versions = definition.spec.versions.map((version) => ({
    ...version,
    additionalPrinterColumns: [],
    schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    selectableFields: [],
  }));
  const relaxed = await admin.send('PATCH', crd, { spec: { versions } });
  if (relaxed.status !== 200) throw new Error(`the rules stay: ${JSON.stringify(relaxed.body)}`);
  const good = {
    storeRef: { kind: 'ClusterShareStore', name: 'models' },
    bucket: 'models',
    objects: [{ name: 'weights', key: 'poison/weights.bin' }],
    target: { layout: 'Files' },
    suspend: false,
  };
  const poison: Readonly<Record<string, object>> = {
    'no-spec': {},
    'objects-are-text': { spec: { ...good, objects: 'all of them' } },
    'dot-segments': { spec: { ...good, objects: [{ name: 'x', key: 'poison/../steady/weights.bin' }] } },
    'bucket-of-dots': { spec: { ...good, bucket: '..' } },
    forever: { spec: { ...good, lifetime: '999999h' } },
    'forged-times': {
      spec: good,
      status: {
        expirationTime: 'never',
        renewalTime: 'always',
        revision: -1,
        secretRef: { name: 'x', uid: 7 },
      },
    },
    'forged-expiry': {
      spec: good,
      status: { expirationTime: '9999-99-99T99:99:99Z', renewalTime: '2099-01-01T00:00:00Z', revision: 1 },
    },
    'status-is-text': { spec: good, status: 'Ready' },
  };
  let stored = 0;
  for (const [name, content] of Object.entries(poison)) {
    const metadata = { name, namespace: 'poison' };
    const share = { apiVersion: 'valetkey.dev/v1alpha1', kind: 'Share', metadata, ...content };
    const { status } = await admin.send('POST', sharesPath('poison'), share);
    if ('status' in content) await admin.send('PATCH', `${sharesPath('poison')}/${name}/status`, content);
    if (status === 201) stored += 1;
  }
  await installBase(cluster);
  return stored;
}

function countOf(world: World, namespace: string, reason: string): number {
  return sharesIn(world, namespace).filter((share) => share.reason === reason).length;
}

/** Of all Secrets of the namespace, by name. */
function contentsOf({ historian }: World, namespace: string): string {
  return [...historian.secrets.values()]
    .filter(({ key }) => key.startsWith(`${namespace}/`))
    .map(({ key, uid, content, version }) => `${key} ${uid} ${version} ${content}`)
    .toSorted()
    .join('\n');
}
