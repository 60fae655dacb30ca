import { ValetkeyError } from '../errors.ts';
import { quote } from './quote.ts';

/** What stands for a bucket at AWS and is none: its URLs have hosts and signatures of their own. */
export type SpecialBucket =
  | { readonly kind: 'access-point'; readonly arn: string; readonly region: string }
  /** Reached in whatever region is near; signed for all of them. */
  | { readonly kind: 'multi-region'; readonly arn: string; readonly alias: string }
  /** S3 Express One Zone. */
  | { readonly kind: 'directory'; readonly bucket: string };

// Amazon S3 User Guide, "Referencing access points with ARNs", "Multi-Region Access Point request routing",
// "Directory bucket naming rules".
const accessPoint =
  /^arn:aws(?:-[a-z-]{1,16})?:s3:([a-z0-9-]{1,32}):\d{12}:accesspoint[/:][a-z0-9][a-z0-9-]{1,48}[a-z0-9]$/;
const multiRegion = /^arn:aws:s3::\d{12}:accesspoint[/:]([a-z0-9]{1,40}\.mrap)$/;
const directory = /^[a-z0-9][a-z0-9-]{0,40}--[a-z0-9-]{1,16}-az\d--x-s3$/;
const maxDirectoryName = 63;

/**
 * The ARN of an access point or multi-region access point, or the name of a directory bucket.
 * @throws ValetkeyError `invalid-bucket`
 */
export function parseSpecialBucket(input: unknown, field: string): SpecialBucket {
  if (typeof input === 'string') {
    const region = accessPoint.exec(input)?.[1];
    if (region !== undefined) return { kind: 'access-point', arn: input, region };
    const alias = multiRegion.exec(input)?.[1];
    if (alias !== undefined) return { kind: 'multi-region', arn: input, alias };
    if (input.length <= maxDirectoryName && directory.test(input))
      return { kind: 'directory', bucket: input };
  }
  throw new ValetkeyError('invalid-bucket', {
    field,
    expected:
      'the ARN of an access point (arn:aws:s3:eu-central-1:123456789012:accesspoint/reports) or of a multi-region ' +
      'one, or a directory bucket (name--euc1-az1--x-s3)',
    got: quote(input),
  });
}
