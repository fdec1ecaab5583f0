/** The venue's feed handed on as an exchange would send it: where a scenario cuts that wire. */
import { type Clock, type OutriderError, wallTimers } from '#engine';
import { connectFeed, type FeedSubscription } from '#market';
import { type CoinbaseServer, startCoinbaseServer } from './coinbase-server.ts';

export type WireFault = 'disconnect' | 'silence' | 'garbage';

export type ExchangeBridge = {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
  begin(fault: WireFault): void;
  end(fault: WireFault): void;
  close(): Promise<void>;
};

export type ExchangeBridgeOptions = {
  /** Of the relay, which notes what goes on. */
  relayPort: number;
  clock: Clock;
  /** The relay is lost: the scenario cannot be judged. */
  onFailure(error: OutriderError): void;
};

/** Rejects with `network` where the relay does not answer. */
export function startExchangeBridge(options: ExchangeBridgeOptions): Promise<ExchangeBridge> {
  const { relayPort: port, clock, onFailure } = options;
  return new Promise((resolve, reject) => {
    let server: CoinbaseServer | undefined;
    const subscription: FeedSubscription = connectFeed({
      ...{ port, clock, timers: wallTimers(clock) },
      onHello({ originNs, instruments }) {
        const onSubscribed = () => subscription.subscribe();
        startCoinbaseServer({ originNs, instruments, onSubscribed }).then(started => {
          server = started;
          resolve(bridgeOf(started, subscription));
        }, reject);
      },
      onBatch: ticks => server?.publish(ticks),
      onGap() {},
      onProblem() {},
      onEnd(error) {
        if (error === undefined) return;
        reject(error);
        onFailure(error);
      },
    });
  });
}

function bridgeOf(server: CoinbaseServer, subscription: FeedSubscription): ExchangeBridge {
  return {
    port: server.port,
    get connections() {
      return server.connections;
    },
    begin(fault) {
      switch (fault) {
        case 'disconnect':
          server.cut();
          return;
        case 'silence':
          server.fallSilent();
          return;
        case 'garbage':
          server.garble();
          return;
      }
    },
    end(fault) {
      switch (fault) {
        case 'disconnect':
        case 'silence':
          server.restore();
          return;
        case 'garbage':
          return;
      }
    },
    async close() {
      subscription.close();
      await server.close();
    },
  };
}
