import type { EngineProcess } from '../engine/engine-process.ts';

/** What can go wrong with the storage behind an API server. @internal */
export interface EtcdFaults {
  /** It answers nothing until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Forgets every revision but the newest, as it does by itself every few minutes. */
  readonly compact: () => Promise<void>;
}

/** @internal */
export const etcdFaults = ({ pid }: EngineProcess, port: number): EtcdFaults => {
  const call = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/v3/kv/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    pause: () => void process.kill(pid, 'SIGSTOP'),
    resume: () => void process.kill(pid, 'SIGCONT'),
    async compact() {
      const { header } = (await call('range', { key: btoa('/') })) as {
        readonly header: { readonly revision: string };
      };
      await call('compaction', { revision: header.revision, physical: true });
    },
  };
};
