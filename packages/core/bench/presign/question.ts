/** The one question that every contender answers: a GET URL for an hour, each time for another key. */
export const region = 'eu-central-1';
export const bucket = 'models';
export const host = `s3.${region}.amazonaws.com`;
export const endpoint = `https://${host}`;
export const expiresInSeconds = 3600;
export const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

let turn = 0;

/** A different key each time: nothing may be answered from a cache of whole URLs. */
export function nextKey(): string {
  turn += 1;
  return `vision/v3/weights-${turn}.bin`;
}
