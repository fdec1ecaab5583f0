/** What became of the parents in a log: begun, changed, each slice, and how they ended. */
import { formatUtcTimestamp, type ParentNews } from '#gateway';
import { replayGateway } from './replay-logs.ts';

const NO_PORTS = { connected() {}, message() {}, signal() {} };

/** A line each, as the log has them; `record N` is the place of what brought it about. */
export function parentLines(logDirectory: string): string[] {
  const found: { offset: number; news: ParentNews }[] = [];
  const { state } = replayGateway(logDirectory, {
    ...NO_PORTS,
    stepped: (offset, { parents }) => found.push(...parents.map(news => ({ offset, news }))),
  });
  const { originNs, instruments, strategies = [] } = state.config;
  return found.map(({ offset, news: { kind, timeNs, sliceLots, parent } }) => {
    const { id, strategy, instrument, side, totalLots, releasedLots, doneLots } = parent;
    const { symbol } = instruments[instrument]!;
    const what = kind === 'slice' ? `slice of ${sliceLots}` : kind;
    return [
      `record ${offset} ${formatUtcTimestamp(originNs, timeNs)} parent ${id}`,
      `${strategies[strategy]?.name} ${symbol} ${side === 1 ? 'buy' : 'sell'} ${totalLots}`,
      `${what}, ${releasedLots} released, ${doneLots} done`,
    ].join(': ');
  });
}
