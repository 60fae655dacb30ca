/** The symbol under which Node's `util.inspect` looks for a custom view; harmless elsewhere. */
export const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom');
