export { type AwsS3Options, toAwsS3Options, type ToAwsS3Options } from './aws-s3/aws-s3-options.ts';
