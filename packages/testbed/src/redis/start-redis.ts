import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';

import { startEngine, type EngineProcess } from '../engine/engine-process.ts';
import { freePort } from '../engine/free-port.ts';
import type { Report } from '../engine/report.ts';
import { temporaryFolder } from '../engine/temporary-folder.ts';
import type { RedisDescription } from './redis-description.ts';
import { obtainRedis } from './redis-install.ts';

/** A server of Redis' protocol for as long as it is needed. @internal */
export interface RedisEngine {
  readonly description: RedisDescription;
  /** Ends it as a crash would; what it counted is gone. */
  readonly kill: () => Promise<void>;
  /** Starts it again at the same address. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Resolves when Valkey (or Redis) answers on loopback, with a new port and password. It keeps nothing on disk.
 *
 * @throws MissingEngine as `obtainRedis` does.
 * @throws Error with the tail of its log when it does not come up.
 *
 * @internal
 */
export const startRedis = async (report: Report): Promise<RedisEngine> => {
  const command = await obtainRedis(report);
  const folder = await temporaryFolder('redis');
  try {
    const [port, password] = [await freePort(), randomBytes(24).toString('hex')];
    const config = join(folder.path, 'redis.conf');
    // In a file, since every user of the machine can read the arguments.
    const lines = [`port ${port}`, 'bind 127.0.0.1', `requirepass ${password}`, 'save ""', 'appendonly no'];
    await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o600 });
    const launch = (): Promise<EngineProcess> =>
      startEngine({
        name: 'redis',
        command,
        args: [config],
        folder: folder.path,
        ready: () => answersPing(port, password),
      });
    let engine = await launch();
    return {
      description: { url: `redis://127.0.0.1:${port}`, password },
      kill: async () => {
        process.kill(engine.pid, 'SIGKILL');
        await engine.exited;
      },
      start: async () => {
        engine = await launch();
      },
      stop: async () => {
        await engine.stop();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
};

const answersPing = (port: number, password: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.write(`AUTH ${password}\r\nPING\r\n`);
    });
    socket.setEncoding('utf8').setTimeout(1000, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('data', (text: string) => {
      answer += text;
      if (!answer.includes('PONG')) return;
      socket.end();
      resolve(true);
    });
    socket.on('close', () => resolve(false));
  });
