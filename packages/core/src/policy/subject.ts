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
  return Object.entries(selector.claims ?? {}).every(([name, wanted]) => {
    const claim = Object.hasOwn(subject.claims, name) ? subject.claims[name] : undefined;
    const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
    const accepted: readonly unknown[] = typeof wanted === 'string' ? [wanted] : wanted;
    return values.some((value) => accepted.includes(value));
  });
}
