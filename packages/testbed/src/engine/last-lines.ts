/**
 * The last lines of a program's output, fit to be quoted in an error: user names and passwords inside
 * addresses (a package index behind a login, say) are left out.
 *
 * @internal
 */
export const lastLines = (text: string, count: number): string =>
  text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .join('\n')
    .replaceAll(/(\w:\/\/)[^\s/@]+@/g, '$1');
