/** A run's gateway in another process, `outrider gateway`: signals go, positions come back. */
import type { Clock, Timers } from '#engine';
import { connectGateway, type GatewayLink } from '#gateway';
import type { Instrument } from '#market';
import type { Address } from '../commands/address.ts';
import type { RunGateway } from './remote-run-gateway.ts';

export type RemoteGatewayOptions = {
  address: Address;
  /** Of the other node of a pair. */
  other: Address | undefined;
  instruments: Instrument[];
  /** For which this run decides; the gateway's only one where it is left out. */
  strategy: string | undefined;
  /** The run's: of the times in its signals. */
  clock: Clock;
  timers: Timers;
  onPosition(instrument: number, positionLots: number): void;
  onProblem(text: string): void;
};

/** It outlives the run: what works is cancelled a second after the run's last word. */
export function startRemoteGateway(options: RemoteGatewayOptions): RunGateway {
  const { address, ...ports } = options;
  let link: GatewayLink | undefined;
  return {
    ...{ state: undefined, clock: options.clock },
    get isUp() {
      return link?.state === 'up';
    },
    onSignal: signal => link?.send(signal),
    onTicks: (ticks, injectedNs) => link?.onTicks(ticks, injectedNs),
    // Its venues are elsewhere too.
    onVenueTicks() {},
    connect() {
      link ??= connectGateway({ ...address, ...ports });
    },
    stop: async () => link?.close(),
    close: () => link?.close(),
  };
}
