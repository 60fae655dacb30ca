/** Longer than any that a person reads; four such fit any object many times. In UTF-16 units, as everything here. */
const longestMessage = 1024;

/**
 * A message for a condition: at most 1,024 characters, the last of them `…` where something is left out.
 * @public
 */
export function cutMessage(message: string): string {
  if (message.length <= longestMessage) return message;
  // Half a pair would be a broken character.
  return `${message.slice(0, longestMessage - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
