/** What `npm run bench -- gateway` offers. */
import { benchGateway } from './gateway/gateway-bench.ts';
import { benchGatewayReplay } from './gateway-replay/gateway-replay-bench.ts';

export const gatewaySuite = { peers: benchGateway, replay: benchGatewayReplay };
