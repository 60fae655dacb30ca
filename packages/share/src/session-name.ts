const maxSubjectLength = 47;

/**
 * Name of a role session, as the store's audit log shows it: the first 47 characters of `namespace.share`, a dash
 * and 16 hexadecimal digits of the uid, so that names that begin alike stay apart. At most 64 characters.
 * @public
 */
export function sessionName(subject: string, uid: string): string {
  const digits = uid.toLowerCase().replaceAll(/[^0-9a-f]/g, '');
  return `${subject.slice(0, maxSubjectLength)}-${digits.slice(0, 16).padStart(16, '0')}`;
}
