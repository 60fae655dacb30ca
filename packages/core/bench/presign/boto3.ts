/** boto3, when the machine's Python has it. It keeps its process, and signs a round when it is asked for one. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

import { bucket, expiresInSeconds, keys, region } from './question.ts';

const calls = 200;
const program = `
import sys, time, boto3
from botocore.config import Config
s3 = boto3.client('s3', region_name='${region}', aws_access_key_id='${keys.accessKeyId}',
    aws_secret_access_key='${keys.secretAccessKey}',
    config=Config(signature_version='s3v4', s3={'addressing_style': 'virtual'}))
turn = 0
for line in sys.stdin:
    start = time.process_time()
    for _ in range(${calls}):
        turn += 1
        url = s3.generate_presigned_url('get_object', ExpiresIn=${expiresInSeconds},
            Params={'Bucket': '${bucket}', 'Key': 'vision/v3/weights-%d.bin' % turn})
    assert 'X-Amz-Signature=' in url
    print((time.process_time() - start) * 1e6 / ${calls}, flush=True)
`;

/** Microseconds per URL of every round; nothing when Python or boto3 is not installed. */
export async function measureBoto3(rounds: number, warmUp: number): Promise<readonly number[] | undefined> {
  if (spawnSync('python3', ['-c', 'import boto3']).status !== 0) return undefined;
  const python = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const times: number[] = [];
  python.stdin.write('go\n');
  for await (const line of createInterface({ input: python.stdout })) {
    times.push(Number(line));
    if (times.length === rounds + warmUp) python.stdin.end();
    else python.stdin.write('go\n');
  }
  return times.slice(warmUp);
}
