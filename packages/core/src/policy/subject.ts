/**
 * Who asks.
 * @public
 */
export type Subject =
  | { readonly kind: 'anonymous' | 'user'; readonly id: string; readonly claims: Claims }
  | {
      readonly kind: 'serviceAccount';
      readonly id: string;
      readonly claims: Claims;
      readonly namespace: string;
      /** Name of the Share for which the URL is made. */
      readonly share?: string;
    };

/**
 * What is known about a subject, verified by whoever made it.
 * @public
 */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * Which subjects a policy is for. All that is given must hold.
 * @public
 */
export interface SubjectSelector {
  readonly kind: Subject['kind'];
  readonly id?: string | undefined;
  /** A list means any of its values; a claim that is itself a list must hold one of them. */
  readonly claims?: Readonly<Record<string, string | readonly string[]>> | undefined;
}

/**
 * Whether one selector names the subject. A claim that is missing does not hold.
 * @public
 */
export function isSelected(subject: Subject, selector: SubjectSelector): boolean {
  if (subject.kind !== selector.kind) return false;
  if (selector.id !== undefined && selector.id !== subject.id) return false;
  if (selector.claims === undefined) return true;
  for (const name of Object.keys(selector.claims)) {
    const claim = Object.hasOwn(subject.claims, name) ? subject.claims[name] : undefined;
    if (!holds(claim, selector.claims[name])) return false;
  }
  return true;
}

/** Whether one of the selectors names the subject. */
export function isSelectedByAny(subject: Subject, selectors: readonly SubjectSelector[]): boolean {
  for (const selector of selectors) if (isSelected(subject, selector)) return true;
  return false;
}

function holds(claim: unknown, wanted: string | readonly string[] | undefined): boolean {
  if (Array.isArray(claim)) return claim.some((value: unknown) => holds(value, wanted));
  if (typeof claim !== 'string' || wanted === undefined) return false;
  return typeof wanted === 'string' ? claim === wanted : wanted.includes(claim);
}
