import type { Limits } from '@valetkey/protocol';
import { useId, useState, type FormEvent } from 'react';

import { hintOf, parseExpiration, unitSeconds, usualExpiration, type Unit } from './expiration.ts';

/** The expiration, with what is allowed said beside it. */
export function ExpirationForm({
  lifetime,
  isPending,
  onGenerate,
}: {
  readonly lifetime: Limits['lifetimeSeconds'];
  readonly isPending: boolean;
  readonly onGenerate: (expiresInSeconds: number) => void;
}) {
  const [expiration, setExpiration] = useState(() => usualExpiration(lifetime));
  const [message, setMessage] = useState<string>();
  const [amountId, unitId, hintId, errorId] = [useId(), useId(), useId(), useId()];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const parsed = parseExpiration(expiration, lifetime);
    if ('message' in parsed) setMessage(parsed.message);
    else {
      setMessage(undefined);
      onGenerate(parsed.seconds);
    }
  };
  return (
    <form onSubmit={submit} noValidate>
      <fieldset className="expiration">
        <legend>Expiration</legend>
        <label htmlFor={amountId} className="visually-hidden">
          Amount
        </label>
        <input
          id={amountId}
          inputMode="numeric"
          autoComplete="off"
          value={expiration.amount}
          aria-describedby={message === undefined ? hintId : `${errorId} ${hintId}`}
          aria-invalid={message !== undefined}
          onChange={({ target }) => setExpiration({ ...expiration, amount: target.value })}
        />
        <label htmlFor={unitId} className="visually-hidden">
          Unit
        </label>
        <select
          id={unitId}
          value={expiration.unit}
          onChange={({ target }) => setExpiration({ ...expiration, unit: target.value as Unit })}
        >
          {Object.keys(unitSeconds).map((unit) => (
            <option key={unit}>{unit}</option>
          ))}
        </select>
        <p id={hintId} className="hint">
          {hintOf(lifetime)}
        </p>
      </fieldset>
      {message === undefined ? undefined : (
        <p id={errorId} className="field-error" role="alert">
          {message}
        </p>
      )}
      <button type="submit" className="primary" disabled={isPending}>
        {isPending ? 'Generating …' : 'Generate URL'}
      </button>
    </form>
  );
}
