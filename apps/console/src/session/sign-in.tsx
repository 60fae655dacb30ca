import { useId, type FormEvent } from 'react';

import { useSession } from './session.tsx';

/** Asks for a token when the service does not know who asks. */
export function SignIn() {
  const { signIn } = useSession();
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    if (typeof token === 'string' && token.trim() !== '') signIn(token.trim());
  };
  return (
    <form className="card sign-in" onSubmit={submit}>
      <h1>Sign in</h1>
      <p>The signing service does not know you. Enter the access token that its operator gave you.</p>
      <label htmlFor={id}>Access token</label>
      <input id={id} name="token" type="password" autoComplete="off" required />
      <button type="submit" className="primary">
        Sign in
      </button>
    </form>
  );
}
