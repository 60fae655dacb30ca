/** `on-demand.ts` for the one file for plain pages, where everything is there already. */
import { whyNoWorker } from './integrity/why-no-worker.ts';
import type * as onDemand from './on-demand.ts';
import { isSameObject, samePartsOf } from './resume/same-bytes.ts';
import { uploadParts } from './upload-parts.ts';
import { bucketRule, isAnswered, whyNoService, whyNoStore } from './why-no-answer.ts';

export const loadUploadParts: typeof onDemand.loadUploadParts = async () => ({ uploadParts });
export const loadSameBytes: typeof onDemand.loadSameBytes = async () => ({ isSameObject, samePartsOf });
export const loadWhyNoAnswer: typeof onDemand.loadWhyNoAnswer = async () => ({
  bucketRule,
  isAnswered,
  whyNoService,
  whyNoStore,
});
export const loadWhyNoWorker: typeof onDemand.loadWhyNoWorker = async () => ({ whyNoWorker });
