/** The simulated market as an exchange on the loopback: SIM-USD, which moves once one listens. */
import { clockFrom, MILLISECOND_NS, midnightBefore } from '#engine';
import { SIMA_FLOW, simulatedExchange } from '#gateway';
import { loadReferenceData, referenceInstrument, type Tick } from '#market';
import { type CoinbaseServer, startCoinbaseServer } from './runner/feed/coinbase-server.ts';

const STEP_MS = 20;

export async function startSimulatedCoinbase(): Promise<CoinbaseServer> {
  const instrument = referenceInstrument(loadReferenceData(), {
    ...{ symbol: 'SIMA', date: '2026-01-01' },
  })!;
  const nowNs = BigInt(Date.now()) * BigInt(MILLISECOND_NS);
  const originNs = midnightBefore(nowNs);
  const clock = clockFrom(Number(nowNs - originNs));
  let exchange: ReturnType<typeof simulatedExchange> | undefined;
  const server = await startCoinbaseServer({
    ...{ originNs, instruments: [{ ...instrument, venueSymbol: 'SIM-USD', lotSize: '0.001' }] },
    onSubscribed() {
      const flow = { symbol: 'SIMA', flow: SIMA_FLOW, bandPercent: 10 };
      exchange ??= simulatedExchange({ seed: 3, startNs: clock.nowNs(), instruments: [flow] });
    },
  });
  const turn = setInterval(() => {
    const ticks: Tick[] = [];
    exchange?.advanceTo(clock.nowNs(), tick => void ticks.push(tick), []);
    server.publish(ticks);
  }, STEP_MS);
  const { close } = server;
  server.close = () => {
    clearInterval(turn);
    return close();
  };
  return server;
}
