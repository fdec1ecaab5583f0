/** A rehearsal before a live run: the whole product on made-up ticks compiles its code. */
import { createEdgeEncoder } from '#edge';
import { createGatewayEncoder, SIMA_FLOW, SIMB_FLOW, simulatedExchange } from '#gateway';
import type { Instrument, Tick } from '#market';
import type { RunObserver } from './observer.ts';
import type { RunSetting } from './settings.ts';
import { runVirtual } from './virtual.ts';

const REHEARSAL_NS = 60_000_000_000;
/** A slow model has been heard often enough by then. */
const LONGEST_MS = 3000;
const STEP_NS = 1_000_000_000;
const BAND_PERCENT = 10;

const nobody: RunObserver = {
  onStart() {},
  onQuote() {},
  onGap() {},
  onDecision() {},
  onSettled() {},
  onParent() {},
  onAnswer() {},
  onGateway() {},
};

/**
 * A minute of the built-in exchange on the virtual clock; takes a second, leaves nothing. The
 * target is at work in another process: the draft stands in for it.
 */
export async function rehearse(setting: RunSetting): Promise<void> {
  const first = setting.instruments[0]!;
  const instruments: Instrument[] = ['REHEARSAL.A', 'REHEARSAL.B'].map(symbol => ({
    ...first,
    symbol,
    venueSymbol: symbol,
    calendar: 'always',
  }));
  const encodeEdge = createEdgeEncoder();
  const encodeGateway = createGatewayEncoder();
  const config = { ...setting.config, duration: undefined, lockstep: false, parentSeconds: 10 };
  const target = setting.draft ?? setting.target;
  await runVirtual({ ...setting, config, instruments, target }, madeUpTicks(instruments), {
    journalEdge: event => void encodeEdge(event),
    journalGateway: event => void encodeGateway(event),
    flushEdge() {},
    onSent() {},
    onVenueReceived() {},
    observer: nobody,
  });
}

async function* madeUpTicks(instruments: Instrument[]): AsyncGenerator<Tick[]> {
  const flows = [SIMA_FLOW, SIMB_FLOW];
  const exchange = simulatedExchange({
    seed: 'rehearsal',
    startNs: 0,
    instruments: instruments.map(({ symbol }, index) => ({
      symbol,
      flow: flows[index]!,
      bandPercent: BAND_PERCENT,
    })),
  });
  const endMs = performance.now() + LONGEST_MS;
  for (let timeNs = STEP_NS; timeNs <= REHEARSAL_NS; timeNs += STEP_NS) {
    if (performance.now() > endMs) return;
    const batch: Tick[] = [];
    exchange.advanceTo(timeNs, tick => batch.push(tick), []);
    if (batch.length > 0) yield batch;
  }
}
