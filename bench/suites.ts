/** Benchmarks of several kinds: `npm run bench -- gateway` and `npm run bench -- streams`. */
import { benchGateway, benchWire } from './gateway/gateway-bench.ts';
import { benchGatewayReplay } from './gateway-replay/gateway-replay-bench.ts';

export const suites = {
  gateway: { peers: benchGateway, wire: benchWire, replay: benchGatewayReplay },
  /** Of a kind, or of all on Kafka; loaded when asked for, with its client. */
  async streams(kind: string | undefined, rounds: number): Promise<void> {
    if (kind === 'stores') return (await import('./streams/store-bench.ts')).benchStores(rounds);
    const { benchStreams } = await import('./streams/streams-bench.ts');
    await benchStreams(kind, rounds);
  },
};
