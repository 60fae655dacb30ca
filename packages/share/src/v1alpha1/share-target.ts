import { z } from 'zod';
import { labelValue } from './label-fields.ts';
import { dnsSubdomain } from './names.ts';
import { withRules } from './rule.ts';

const isReserved = (key: string): boolean => /^([^/]*\.)?valetkey\.dev\//.test(key);

const reserved = {
  cel: String.raw`self.all(key, !key.matches(r'^([^/]*\.)?valetkey\.dev/'))`,
  message: 'must not use keys of valetkey.dev, which are the issuer’s own',
  holds: (map: Readonly<Record<string, string>>) => Object.keys(map).every((key) => !isReserved(key)),
};

/** What the API server takes as a key of labels and annotations; of a subdomain each part begins and ends well. */
const keyPattern =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const longestPrefix = 253;

const wellFormedKeys = {
  cel: `self.all(key, key.indexOf('/') <= ${longestPrefix} && key.matches(r'${keyPattern.source.replaceAll(String.raw`\/`, '/')}'))`,
  message: 'must have label keys: an optional DNS prefix with a slash, and a name of at most 63 characters',
  holds: (map: Readonly<Record<string, string>>) =>
    Object.keys(map).every((key) => key.indexOf('/') <= longestPrefix && keyPattern.test(key)),
};

const templateSchema = z.strictObject({
  labels: withRules(z.record(z.string(), labelValue()).meta({ maxProperties: 32 }), [
    reserved,
    wellFormedKeys,
  ]).optional(),
  annotations: withRules(z.record(z.string(), z.string().max(4096)).meta({ maxProperties: 32 }), [
    reserved,
    wellFormedKeys,
  ]).optional(),
});

/**
 * The Secret that a Share keeps.
 * @internal
 */
export const shareTargetSchema = z.strictObject({
  secretName: dnsSubdomain().describe("Name of the Secret; the Share's own otherwise").optional(),
  layout: z
    .enum(['Files', 'Env', 'Both'])
    .default('Files')
    .describe('Files to mount, environment variables, or both'),
  template: templateSchema.describe('Labels and annotations of the Secret').optional(),
});

/** @public */
export type ShareTarget = z.output<typeof shareTargetSchema>;

/** @public */
export type Layout = ShareTarget['layout'];
