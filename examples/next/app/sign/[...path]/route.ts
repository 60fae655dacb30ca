import { handler } from '../../../signing.ts';

export const dynamic = 'force-dynamic';
export { handler as GET, handler as POST, handler as OPTIONS };
