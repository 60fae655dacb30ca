const ipv4Tail = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const groups = 8;

/**
 * An IPv6 address in brackets, in the form that URL parsers send; nothing for what is no address.
 * Source: RFC 5952 section 4, WHATWG URL "IPv6 serializer" (which writes no dotted IPv4 tail).
 */
export function canonicalIpv6(text: string): string | undefined {
  const hex = withoutIpv4Tail(text);
  const halves = hex === undefined ? [] : hex.split('::');
  if (hex === undefined || halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = head.length + (tail?.length ?? 0);
  if (tail === undefined ? given !== groups : given >= groups) return undefined;
  const all = [...head, ...Array.from({ length: groups - given }, () => '0'), ...(tail ?? [])];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined;
  return `[${shorten(all.map((group) => Number.parseInt(group, 16).toString(16)))}]`;
}

function withoutIpv4Tail(text: string): string | undefined {
  if (!text.includes('.')) return text;
  const [, front = '', ...digits] = ipv4Tail.exec(text) ?? [];
  if (front === '' || digits.some((digit) => Number(digit) > 255 || /^0\d/.test(digit))) return undefined;
  const [first = 0, second = 0, third = 0, fourth = 0] = digits.map(Number);
  return `${front}${(first * 256 + second).toString(16)}:${(third * 256 + fourth).toString(16)}`;
}

/** The first of the longest runs of two or more zero groups becomes `::`. */
function shorten(all: readonly string[]): string {
  let [start, length] = [0, 1];
  for (let from = 0; from < all.length; from += 1) {
    const end = all.findIndex((group, index) => index >= from && group !== '0');
    const run = (end === -1 ? all.length : end) - from;
    if (run > length) [start, length] = [from, run];
  }
  if (length < 2) return all.join(':');
  return `${all.slice(0, start).join(':')}::${all.slice(start + length).join(':')}`;
}
