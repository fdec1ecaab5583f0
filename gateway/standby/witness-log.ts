/** What a witness must remember over its own end: each change a record on the medium. */
import { type Disk, OutriderError, openLog } from '#engine';
import { NEW_WITNESS, type WitnessRecord } from './witness.ts';

export type WitnessLog = {
  /** As of the last record. */
  readonly record: WitnessRecord;
  /** On the medium when it returns; nothing is written where nothing has changed. */
  keep(record: WitnessRecord): void;
  close(): void;
};

const RECORD_BYTES_MAX = 1024;

/** One witness a directory, made if missing. Throws `bad-log` for one that is none. */
export function openWitnessLog(options: { directory: string; disk?: Disk }): WitnessLog {
  const log = openLog({ ...options, originNs: 0n, recordBytesMax: RECORD_BYTES_MAX });
  let record = NEW_WITNESS;
  for (const { payload } of log.read()) record = readRecord(payload, options.directory);
  return {
    get record() {
      return record;
    },
    keep(given) {
      const { epoch, holder, standby, serial, claimed } = given;
      const next = { epoch, holder, standby, serial, claimed };
      const text = JSON.stringify(next);
      if (text === JSON.stringify(record)) return;
      log.append(Buffer.from(text));
      log.sync();
      record = next;
    },
    close: () => log.close(),
  };
}

function readRecord(payload: Uint8Array, directory: string): WitnessRecord {
  try {
    const { epoch, holder, standby, serial, claimed } = JSON.parse(
      Buffer.from(payload).toString(),
    ) as WitnessRecord;
    const isWhole = [epoch, serial, claimed].every(Number.isSafeInteger);
    if (isWhole && typeof holder === 'string' && typeof standby === 'string') {
      return { epoch, holder, standby, serial, claimed };
    }
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new OutriderError('bad-log', `${directory}: not the log of a witness; give another --out`);
}
