import { signing } from '../../../signing.ts';

const answer = async (request: Request) => (await signing()).handler(request);

export { answer as GET, answer as POST, answer as OPTIONS };
