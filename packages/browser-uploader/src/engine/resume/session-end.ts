/** Whether an upload's session has not ended, by this machine's clock: the service has the last word. */
export function isAlive({ expiresAt }: { readonly expiresAt: string }, nowMs: number): boolean {
  return Date.parse(expiresAt) > nowMs;
}
