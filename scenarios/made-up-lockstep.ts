/** A run in lockstep on made-up quotes, without a process or a file. */
import { createEvidence } from '#bench';
import { type RunSetting, runVirtual, type VirtualPorts } from '#cli';
import { DAY_NS, exponentialVariate, MILLISECOND_NS, seededRandom } from '#engine';
import type { Quote, Tick } from '#market';

/** A Saturday; its noon, amid the quotes, is where a week of foreign exchange ends. */
export const ORIGIN_NS = BigInt(Date.UTC(2014, 4, 3)) * 1_000_000n;
const MEAN_NS = 500 * MILLISECOND_NS;

/** The digests that the law compares. */
export async function lockstep(
  setting: RunSetting,
  quotes: readonly Quote[],
  heard: Partial<Pick<VirtualPorts, 'journalEdge' | 'journalGateway'>> = {},
) {
  const { instruments, config } = setting;
  const parentDurationNs = config.parentSeconds * 1e9;
  const evidence = createEvidence({ instruments, moves: config.moves, parentDurationNs });
  async function* ticks(): AsyncGenerator<Tick[]> {
    for (const quote of quotes) yield [quote];
  }
  await runVirtual(setting, ticks(), {
    journalEdge() {},
    journalGateway() {},
    ...heard,
    flushEdge() {},
    onSent: bytes => evidence.onSent(bytes),
    onVenueReceived() {},
    observer: evidence,
  });
  return evidence.findings().digests;
}

/** Two random walks around noon, now and then without a move. */
export function randomQuotes(count: number): Quote[] {
  const random = seededRandom(5);
  const mids = [138_600, 1_300_000];
  const steps = [2, 60];
  let timeNs = Math.round(DAY_NS / 2 - (count / 2) * MEAN_NS);
  return Array.from({ length: count }, () => {
    timeNs += Math.ceil(exponentialVariate(random) * MEAN_NS);
    const instrument = random.nextFloat() < 0.5 ? 0 : 1;
    const step = Math.floor((random.nextFloat() - 0.5) * 2 * (steps[instrument]! + 1));
    mids[instrument] = mids[instrument]! + step;
    const bidIncrements = mids[instrument]!;
    const askIncrements = bidIncrements + steps[instrument]!;
    return { kind: 'quote', instrument, exchangeTimeNs: timeNs, bidIncrements, askIncrements };
  });
}
