import { DecoratorHandler, type Dispatcher } from 'undici';

/**
 * Calls `check` when a request has its connection and nothing of it is sent yet: whatever it waited for is over.
 * A process that was stopped meanwhile looks again before it writes.
 * @internal
 */
export function lastLook(check: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => dispatch(options, new LastLook(check, handler));
}

/** undici asks for a class: a handler that decorates another one. */
class LastLook extends DecoratorHandler {
  readonly #check: () => void;
  readonly #handler: Dispatcher.DispatchHandler;

  constructor(check: () => void, handler: Dispatcher.DispatchHandler) {
    super(handler);
    this.#check = check;
    this.#handler = handler;
  }

  // What this throws makes undici fail the request before it writes.
  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#check();
    this.#handler.onRequestStart?.(controller, context);
  }
}
