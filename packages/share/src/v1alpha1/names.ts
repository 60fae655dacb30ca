/** Names as Kubernetes writes them. */
import { z } from 'zod';

const labelPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomainPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** RFC 1123 label, as for a namespace. */
export const dnsLabel = () => z.string().min(1).max(63).regex(labelPattern);

/** RFC 1123 subdomain, as for most objects. */
export const dnsSubdomain = () => z.string().min(1).max(253).regex(subdomainPattern);

/** Key inside a Secret's data. */
export const secretDataKey = () =>
  z
    .string()
    .min(1)
    .max(253)
    .regex(/^[-._a-zA-Z0-9]+$/);
