/** The acceptor of `outrider venue --echo`, on the wall's clock. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MILLISECOND_NS, midnightBefore, wallClock, wallTimers } from '#engine';
import { type FileStore, fileStore, listenEcho } from '#gateway';
import type { EchoConfig } from './echo-config.ts';

/** Rejects with `network` where the address is taken, `bad-config` where settings cannot work. */
export async function hostEchoVenue(
  { listen, sessions, storePath }: EchoConfig,
  onEnd: (reason: string) => void,
): Promise<{ port: number; close(): Promise<void> }> {
  const originNs = midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS));
  const clock = wallClock(originNs);
  const stores: FileStore[] = [];
  const closeStores = () => {
    for (const store of stores.splice(0)) store.close();
  };
  const ports = { originNs, clock, timers: wallTimers(clock), onEnd };
  try {
    const acceptor = await listenEcho({
      ...{ listen, sessions, ...ports },
      ...(storePath === undefined ? undefined : { storeOf: names => opened(storePath, names) }),
    });
    return {
      port: acceptor.port,
      async close() {
        await acceptor.stop();
        closeStores();
      },
    };
  } catch (error) {
    closeStores();
    throw error;
  }

  function opened(path: string, names: { SenderCompID: string; TargetCompID: string }): FileStore {
    const folder = [names.SenderCompID, names.TargetCompID].map(encodeURIComponent).join('-');
    const directory = join(path, folder);
    mkdirSync(directory, { recursive: true });
    const store = fileStore({ directory });
    stores.push(store);
    return store;
  }
}
