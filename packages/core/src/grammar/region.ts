import { ValetkeyError } from '../errors.ts';
import { quote } from './quote.ts';

/**
 * A region's name as it stands in a credential scope.
 * @throws ValetkeyError `invalid-configuration`
 */
export function parseRegion(input: unknown, field: string): string {
  if (typeof input === 'string' && /^[a-z0-9-]{1,64}$/.test(input)) return input;
  throw new ValetkeyError('invalid-configuration', {
    field,
    expected: 'a region such as eu-central-1',
    got: quote(input),
  });
}
