/**
 * Steps the log of a replay measurement once more, in a process of its own, so that the kernels are
 * those of its environment, and prints what came of it as a line of JSON.
 *
 *     node bench/gateway-replay/replay-log.ts DIR [snapshot]
 */
import { createHash } from 'node:crypto';
import { ByteReader, listSnapshots, nodeDisk, readLog, readSnapshot } from '#engine';
import {
  chainOf,
  clearGatewayEffects,
  createGatewayEffects,
  createReplay,
  readGatewayRecord,
} from '#gateway';
import { loadedKernels } from '#native';
import { mixedConfig } from './mixed-config.ts';

export type Replayed = {
  kernels: string;
  /** Stepped, and how long that took. */
  records: number;
  seconds: number;
  /** Over all bytes sent by the records stepped, and by those from the snapshot on. */
  sha256: string;
  tailSha256: string;
  /** Over all that was sent since the log's beginning, and the state at the end. */
  chainTip: string;
  messages: number;
  stateHash: string;
};

function replayLog(directory: string, fromSnapshot: boolean): Replayed {
  const [found] = listSnapshots(nodeDisk, `${directory}/snapshots`);
  const replay = createReplay(mixedConfig());
  if (fromSnapshot) replay.restore(readSnapshot(nodeDisk, found!).state);
  const reading = readLog({
    directory: `${directory}/gateway.log`,
    fromOffset: fromSnapshot ? found!.offset : 0,
  });
  const all = createHash('sha256');
  const tail = createHash('sha256');
  const effects = createGatewayEffects();
  const reader = new ByteReader();
  let records = 0;
  const begin = process.hrtime.bigint();
  for (const { offset, payload } of reading) {
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    records++;
    if (record.kind === 'start') continue;
    replay.step(record, effects);
    for (const bytes of effects.outbound.list) {
      all.update(bytes);
      if (offset >= found!.offset) tail.update(bytes);
    }
    clearGatewayEffects(effects);
  }
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  const { messages, tip: chainTip } = chainOf(replay.state);
  return {
    ...{ kernels: loadedKernels.kind, records, seconds, messages, chainTip },
    sha256: all.digest('hex'),
    tailSha256: tail.digest('hex'),
    stateHash: replay.snapshot().mark.stateHash,
  };
}

const [, , directory, from] = process.argv;
console.log(JSON.stringify(replayLog(directory!, from === 'snapshot')));
