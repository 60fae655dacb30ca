export { createHandler, type HandlerOptions } from './handler.ts';
export { toRateCounter } from './to-rate-counter.ts';
export { createMemoryCounter } from './memory-counter.ts';
export type { AskedObject, ObjectRedirect } from './downloads.ts';
export type { NodeRequest, NodeResponse } from './node-shapes.ts';
export { createOverloadWatch } from './overload-watch.ts';
export type { CreateRateCounter, RateCounter, RateCounterTerms } from './rate-limits.ts';
export type { ServiceHooks } from './service-hooks.ts';
export type { Asking, Refusal, ServiceOptions, ServiceStore } from './service-options.ts';
export { createService, type Service } from './service.ts';
export { toNodeHandler } from './to-node-handler.ts';
export {
  type Receipt,
  type ReceiptKeyFinder,
  receiptKeysAt,
  type ReceiptVerification,
  verifyReceipt,
} from './uploads/receipt.ts';
export type { PublicReceiptKey, ReceiptKeySet } from './uploads/receipt-keys.ts';
