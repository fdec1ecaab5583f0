/** An edge's way to a gateway elsewhere: one of its group, at the gateway's door for a strategy. */
import { connectGateway, type GatewayLink, type Signal } from '#gateway';
import type { Instrument, Tick } from '#market';
import { parseAddress } from '../commands/address.ts';
import type { RunConfig } from '../config.ts';
import type { EdgeTime } from './edge-host.ts';

export type EdgeGateway = {
  readonly isUp: boolean;
  /** At once, before any commit; `ticks` of its instrument that the group had taken. */
  onSignal(signal: Signal, ticks: number): void;
  onTicks(ticks: readonly Tick[], injectedNs: number): void;
  /** The edge has left its group: others have its instruments, and its orders stay. */
  leave(): void;
};

export type EdgeGatewayOptions = {
  readonly config: Pick<RunConfig, 'gateway' | 'strategy'>;
  readonly instruments: Instrument[];
  readonly time: EdgeTime;
  readonly group: string;
  readonly name: string;
  onPosition(instrument: number, positionLots: number): void;
  onProblem(text: string): void;
};

/** Undefined where the configuration names none: then signals go to their topic alone. */
export function connectEdgeGateway(options: EdgeGatewayOptions): EdgeGateway | undefined {
  const { config, time, group, name, ...ports } = options;
  if (config.gateway === undefined) return undefined;
  const [first, second] = config.gateway.split(',').map(each => parseAddress('gateway', each));
  const link: GatewayLink = connectGateway({
    ...{ ...first!, ...time, ...ports, other: second, strategy: config.strategy },
    group: { group, member: name },
  });
  return {
    get isUp() {
      return link.state === 'up';
    },
    onSignal: link.send,
    onTicks: link.onTicks,
    leave() {
      link.bye();
      link.close();
    },
  };
}
