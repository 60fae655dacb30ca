/** Trusted Types are not in TypeScript's library yet. W3C Trusted Types, section 2.3. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { readonly createScriptURL: (url: string) => string };
}

const policyName = 'valetkey';
/** A policy of one name can be made once in a page. */
let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;

/**
 * The Worker's URL as the page's Trusted Types let it pass: a page with `require-trusted-types-for 'script'` allows
 * the policy `valetkey`, which lets this one kind of URL through.
 * @throws TypeError when the page does not allow that policy
 */
export function toWorkerUrl(url: URL): string | URL {
  const types = trustedTypesOf(globalThis);
  if (types === undefined) return url;
  policy ??= types.createPolicy(policyName, { createScriptURL: onlyFiles });
  return policy.createScriptURL(url.href);
}

/** No code in the address itself. */
function onlyFiles(url: string): string {
  if (/^(https?|chrome-extension|moz-extension):/.test(url)) return url;
  throw new TypeError('A Worker of valetkey is loaded from a file only.');
}

function trustedTypesOf(scope: object): TrustedTypes | undefined {
  return 'trustedTypes' in scope ? (scope.trustedTypes as TrustedTypes) : undefined;
}
