/** Keeps the way from a tick to a decision in the caches while the market is silent. */
import { type Forecast, forecastInts } from '#law';
import type { Quote } from '#market';
import type { SettledContext, Verdict } from '#verifier/protocol';
import { createEdge, type EdgeOptions, type EdgePorts } from './edge.ts';

export type KeepWarmPorts = Pick<EdgePorts, 'clock' | 'timers' | 'journal' | 'latency'>;

/** The least speculation whose branches hold the made-up market's next move. */
const SIZE = { branches: 8, paths: 1, moves: 1 };
const BID_INCREMENTS = 1_000_000;

/**
 * Each call walks one tick of a made-up market through an edge of its own: the code of the run's
 * edge, down to the record and the decision, and nothing of it leaves. In the milliseconds between
 * two ticks other programs take the core's caches; without this the next tick fills them again.
 */
export function keepWarm(options: EdgeOptions, ports: KeepWarmPorts): () => void {
  const { config, draft } = options;
  const instrument = { ...config.instruments[0]!, symbol: 'WARM', calendar: 'always' as const };
  const forecast: Forecast = new Int32Array(forecastInts(config.moves));
  let asked: { requestId: number; branches: Uint8Array } | undefined;
  const edge = createEdge(
    { ...options, size: SIZE, config: { ...config, instruments: [instrument] } },
    {
      ...ports,
      link: {
        state: 'up',
        send({ requestId, branches }) {
          asked = { requestId, branches };
          return true;
        },
      },
      flush() {},
      onSignal() {},
      onDecision() {},
      onSettled() {},
    },
  );
  if (draft === undefined) return () => {};
  let turns = 0;
  return () => {
    const timeNs = ports.clock.nowNs();
    edge.onTicks([madeUpQuote(timeNs, turns++ % 2)], timeNs);
    edge.publish();
    if (asked === undefined) return;
    edge.onAnswer({ kind: 'verdict', verdict: verdictOf(asked, forecast) });
    asked = undefined;
  };
}

/** The ask goes up an increment and down again. */
function madeUpQuote(exchangeTimeNs: number, upIncrements: number): Quote {
  const askIncrements = BID_INCREMENTS + 2 + upIncrements;
  const bidIncrements = BID_INCREMENTS;
  return { kind: 'quote', instrument: 0, exchangeTimeNs, bidIncrements, askIncrements };
}

type Asked = Pick<Verdict, 'requestId'> & { branches: Uint8Array };

function verdictOf({ requestId, branches }: Asked, forecast: Forecast): Verdict {
  const contexts: SettledContext[] = [undefined, ...branches].map(branch => ({
    ...{ branch, accepted: new Uint8Array(1), tokens: new Uint8Array(1), forecast },
  }));
  return {
    ...{ requestId, instrument: 0, epoch: 0, moveIndex: 0, identity: '', serviceNs: 0 },
    ...{ passes: 0, drafted: 0, accepted: 0, verified: 0, contexts },
  };
}
