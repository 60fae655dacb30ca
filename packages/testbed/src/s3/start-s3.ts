import { MissingEngine } from '../engine/missing-engine.ts';
import type { Report } from '../engine/report.ts';
import { existingS3 } from './existing-s3.ts';
import type { S3Engine } from './s3-description.ts';
import { startSeaweedfs, type StartSeaweedfsOptions } from './seaweedfs.ts';
import { startVersitygw } from './versitygw.ts';

/**
 * Some S3 service: the existing one of VALETKEY_S3_*, else SeaweedFS, else versitygw where only Go is there.
 *
 * Only SeaweedFS keeps its data in `persistFolder`.
 *
 * @throws MissingEngine that names what either engine would need.
 *
 * @internal
 */
export const startS3 = async (options: StartSeaweedfsOptions): Promise<S3Engine> => {
  const existing = existingS3();
  if (existing) return existing;
  try {
    return await startSeaweedfs(options);
  } catch (error) {
    if (!(error instanceof MissingEngine)) throw error;
    options.report(`${error.message} Trying versitygw.`);
    return startVersitygwInstead(options.report, error);
  }
};

const startVersitygwInstead = async (report: Report, first: MissingEngine): Promise<S3Engine> => {
  try {
    return await startVersitygw(report);
  } catch (error) {
    if (!(error instanceof MissingEngine)) throw error;
    const facts = {
      engine: 'An S3 engine',
      lookedFor: [...first.facts.lookedFor, ...error.facts.lookedFor],
      install: `${first.facts.install} Or: ${error.facts.install}`,
    };
    throw new MissingEngine(facts, { cause: new AggregateError([first, error]) });
  }
};
