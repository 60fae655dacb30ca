import type { ServiceCall } from '@valetkey/core';
import type { Answer } from './answer.ts';
import {
  callObject,
  callStore,
  sendForm,
  type Caller,
  type FormCall,
  type ObjectCall,
  type Sending,
} from './signed-call.ts';
import { send } from './transport.ts';

/** What a probe may use. */
export interface ProbeContext extends Caller {
  /** Whose pages shall reach the bucket; absent when nobody asked. */
  readonly origin: string | undefined;
  /** Below the folder that is removed at the end. */
  readonly key: (name: string) => string;
  /** Asks the store's address for nothing in particular, without a signature. */
  readonly knock: () => Promise<Answer>;
  readonly call: (call: ObjectCall, sending?: Sending) => Promise<Answer>;
  readonly callStore: (call: ServiceCall, body?: string) => Promise<Answer>;
  readonly sendForm: (call: FormCall) => Promise<Answer>;
}

/** What the doctor was asked to look at. */
export interface Patient extends Caller {
  /** Ends with a slash. */
  readonly folder: string;
  readonly origin?: string | undefined;
}

/** Ties requests to one store and folder. */
export function createProbeContext({ folder, origin, ...caller }: Patient): ProbeContext {
  return {
    ...caller,
    origin,
    key: (name) => `${folder}${name}`,
    knock: async () => {
      caller.stop.throwIfAborted();
      return send(new URL(caller.store.publicEndpoint), { method: 'GET' });
    },
    call: (call, sending) => callObject(caller, call, sending),
    callStore: (call, body) => callStore(caller, call, body),
    sendForm: (call) => sendForm(caller, call),
  };
}
