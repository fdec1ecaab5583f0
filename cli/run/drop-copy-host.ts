/** The acceptor of `outrider drop-copy`, on the wall's clock. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  followLog,
  MILLISECOND_NS,
  midnightBefore,
  OutriderError,
  wallClock,
  wallTimers,
} from '#engine';
import { createReplay, fileStore, serveDropCopy } from '#gateway';
import type { EchoConfig } from './echo-config.ts';
import { gatewayConfig } from './gateway-settings.ts';
import { readStartRecord } from './start-record.ts';

export type DropCopyHost = { port: number; failed: Promise<never>; close(): Promise<void> };

/** `directory` has the gateway's log. Rejects with `bad-config` for a session that cannot work. */
export async function hostDropCopy(
  directory: string,
  { listen, sessions, storePath }: EchoConfig,
  onEnd: (reason: string) => void,
): Promise<DropCopyHost> {
  const [settings, ...more] = sessions;
  if (settings === undefined || more.length > 0) {
    throw new OutriderError('bad-config', 'Sessions: a drop copy has one counterparty; give one');
  }
  if (storePath === undefined) {
    const message = 'FileStorePath: missing; without it a restart could not go on where it was';
    throw new OutriderError('bad-config', message);
  }
  const log = followLog({ directory: join(directory, 'gateway.log') });
  mkdirSync(storePath, { recursive: true });
  const store = fileStore({ directory: storePath });
  const originNs = midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS));
  const clock = wallClock(originNs);
  const replayOf = (start: string) => createReplay(gatewayConfig(readStartRecord(start)));
  const ports = { originNs, clock, timers: wallTimers(clock), onEnd };
  try {
    const copy = await serveDropCopy({ listen, settings, store, log, replayOf, ...ports });
    return {
      ...{ port: copy.port, failed: copy.failed },
      async close() {
        await copy.stop();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}
