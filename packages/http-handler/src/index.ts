export { createHandler, type HandlerOptions } from './handler.ts';
export type { AskedObject, ObjectRedirect } from './downloads.ts';
export type { CreateRateCounter, RateCounter, RateCounterTerms } from './rate-limits.ts';
export type { ServiceHooks } from './service-hooks.ts';
export type { Asking, Refusal, ServiceOptions, ServiceStore } from './service-options.ts';
export { createService, type Service } from './service.ts';
export { type NodeRequest, type NodeResponse, toNodeHandler } from './to-node-handler.ts';
export { type Receipt, verifyReceipt } from './uploads/receipt.ts';
