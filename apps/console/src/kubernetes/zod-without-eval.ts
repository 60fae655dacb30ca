/**
 * Before any schema is made: zod would compile them with `eval`, which the page's policy forbids, and the browser
 * reports the attempt.
 */
import { config } from 'zod';

config({ jitless: true });
