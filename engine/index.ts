/** The stream engine's ground: errors, time, logs, records and network, without market words. */
export { type AppendingFile, openAppendingFile } from './appending-file.ts';
export { ByteReader, ByteWriter, type ByteWriterOptions } from './bytes.ts';
export {
  type Clock,
  clockFrom,
  type TimerHandle,
  type Timers,
  wallClock,
  wallTimers,
} from './clock.ts';
export { type ClockCheck, clocksApart, createClockCheck } from './clock-check.ts';
export { type ClockReading, clockFromReading, readClock } from './clock-reading.ts';
export { type Disk, type DiskFile, type DiskMode, diskError, nodeDisk } from './disk.ts';
export { type Drained, drain } from './drain.ts';
export { type ErrorCode, invariant, OutriderError } from './error.ts';
export type { LogTear } from './log/cursor.ts';
export { logDigest } from './log/digest.ts';
export { followLog, type LogFollower } from './log/follow.ts';
export { type EmbeddedLog, type OpenLogOptions, openLog } from './log/open.ts';
export type { Log, LogRecord } from './log/port.ts';
export { type LogReading, type ReadLogOptions, readLog } from './log/read.ts';
export type { TearReason } from './log/segment.ts';
export {
  DAY_NS,
  MICROSECOND_NS,
  MILLISECOND_NS,
  midnightBefore,
  type Nanoseconds,
  SECOND_NS,
} from './nanoseconds.ts';
export { badFrame } from './network/bad-frame.ts';
export {
  type ForwardDirection,
  type Forwarder,
  type ForwarderOptions,
  startForwarder,
} from './network/forwarder.ts';
export { createFrameCutter, type FrameCutter, type FrameFormat } from './network/frame-cutter.ts';
export {
  createFrameEncoder,
  type FramedConnection,
  type FrameEncoder,
  openFramedConnection,
} from './network/framed-connection.ts';
export { freePort, freePorts } from './network/free-ports.ts';
export { type ListenAddress, LOOPBACK_HOST, listenOn } from './network/listen.ts';
export { preciseTimers } from './network/precise-timers.ts';
export { exponentialVariate, type Random, type SeededRandom, seededRandom } from './random.ts';
export { readPlainData, writePlainData } from './snapshot/plain-data.ts';
export {
  type FoundSnapshot,
  listSnapshots,
  pruneSnapshots,
  readSnapshot,
  SNAPSHOT_BYTES_MAX,
  type Snapshot,
  writeSnapshot,
} from './snapshot/snapshot-file.ts';
export { stableExp, stableLn } from './stable-math.ts';
export { KEY_GROUPS } from './state/key-group.ts';
export { zoneOffsetMs } from './time-zone.ts';
export { type VirtualTime, virtualTime } from './virtual-time.ts';
