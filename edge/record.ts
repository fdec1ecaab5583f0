/**
 * Records of the edge's input log.
 *
 *   time   8  nanoseconds since the run's origin
 *   kind   1  see KINDS
 *   ...       the fields of the kind, below
 *
 * The first record is `start`: the run's configuration as JSON, from which a replay is set up.
 */
import { type ByteReader, ByteWriter, OutriderError } from '#engine';
import { forecastInts, SIDE_INPUTS_MAX } from '#law';
import { readTick, writeTick } from '#market';
import type { EdgeEvent } from './event.ts';

const KINDS = {
  start: 0,
  ticks: 1,
  asked: 2,
  verdict: 3,
  unanswered: 4,
  forecast: 5,
  deadline: 6,
  position: 7,
  gap: 8,
  'side-inputs': 9,
  'drafted-verdict': 10,
  'clock-offset': 11,
} as const;

const TICKS_MAX = 4096;
const BRANCHES_MAX = 64;
const START_BYTES_MAX = 1 << 19;
const FORECAST_INTS_MAX = forecastInts(256);
export const EDGE_RECORD_BYTES_MAX = 1 << 20;

export type EdgeStart = { kind: 'start'; timeNs: number; config: string };
export type EdgeRecord = EdgeStart | EdgeEvent;

/** Encodes records one after another; the bytes are valid until the next call. */
export function createEdgeEncoder(): (record: EdgeRecord) => Uint8Array {
  const writer = new ByteWriter({ bytesMax: EDGE_RECORD_BYTES_MAX });
  return record => {
    writer.reset();
    writer.safeInteger('time', record.timeNs);
    writer.u8('kind', kindOf(record));
    writeFields(writer, record);
    return writer.written();
  };
}

function kindOf(record: EdgeRecord): number {
  const hasDrafts = record.kind === 'verdict' && record.drafts !== undefined;
  return hasDrafts ? KINDS['drafted-verdict'] : KINDS[record.kind];
}

function writeFields(writer: ByteWriter, record: EdgeRecord): void {
  if (record.kind === 'start') {
    writer.text('config', record.config, START_BYTES_MAX);
    return;
  }
  if (record.kind === 'ticks') {
    writer.zigZag('injected', record.injectedNs - record.timeNs);
    writer.varint('ticks', bounded('ticks', record.ticks.length, TICKS_MAX));
    const { ticks, timeNs } = record;
    for (let at = 0; at < ticks.length; at++) writeTick(writer, ticks[at]!, timeNs);
    return;
  }
  if (record.kind === 'clock-offset') {
    writer.zigZag('offset', record.offsetNs);
    return;
  }
  writer.varint('instrument', record.instrument);
  switch (record.kind) {
    case 'asked':
      writer.varint('requestId', record.requestId);
      writer.u8('wantsPresent', record.wantsPresent ? 1 : 0);
      writer.bytes('branches', record.branches, BRANCHES_MAX);
      return;
    case 'verdict':
      writer.varint('requestId', record.requestId);
      if (record.drafts === undefined) return;
      writer.varint('drafted', record.drafts.drafted);
      writer.varint('accepted', record.drafts.accepted);
      return;
    case 'unanswered':
      writer.varint('requestId', record.requestId);
      return;
    case 'forecast':
      writer.varint('moveIndex', record.moveIndex);
      writer.u8('basis', record.basis === 'verified' ? 1 : 0);
      writer.varint('forecast', record.forecast.length);
      for (const value of record.forecast) writer.zigZag('forecast', value);
      return;
    case 'side-inputs':
      writer.varint('moveIndex', record.moveIndex);
      writer.varint('version', record.version);
      writer.varint('values', bounded('values', record.values.length, SIDE_INPUTS_MAX));
      for (const value of record.values) writer.zigZag('values', value);
      return;
    case 'deadline':
      writer.varint('moveIndex', record.moveIndex);
      return;
    case 'position':
      writer.zigZag('positionLots', record.positionLots);
      return;
    case 'gap':
      return;
  }
}

/** Reads one record; bytes that are no record are refused with the field's name. */
export function readEdgeRecord(reader: ByteReader): EdgeRecord {
  const timeNs = reader.safeInteger('time');
  const kind = reader.u8('kind');
  if (kind === KINDS.start) {
    return { kind: 'start', timeNs, config: reader.text('config', START_BYTES_MAX) };
  }
  if (kind === KINDS.ticks) {
    const injectedNs = timeNs + reader.zigZag('injected');
    const count = bounded('ticks', reader.varint('ticks'), TICKS_MAX);
    const ticks = Array.from({ length: count }, () => readTick(reader, timeNs));
    return { kind: 'ticks', timeNs, injectedNs, ticks };
  }
  if (kind === KINDS['clock-offset']) {
    return { kind: 'clock-offset', timeNs, offsetNs: reader.zigZag('offset') };
  }
  const instrument = reader.varint('instrument');
  switch (kind) {
    case KINDS.asked: {
      const requestId = reader.varint('requestId');
      const wantsPresent = readFlag(reader, 'wantsPresent');
      const branches = reader.bytes('branches', BRANCHES_MAX).slice();
      return { kind: 'asked', timeNs, instrument, requestId, wantsPresent, branches };
    }
    case KINDS.verdict:
    case KINDS.unanswered: {
      const requestId = reader.varint('requestId');
      const name = kind === KINDS.verdict ? 'verdict' : 'unanswered';
      return { kind: name, timeNs, instrument, requestId };
    }
    case KINDS['drafted-verdict']: {
      const requestId = reader.varint('requestId');
      const drafts = { drafted: reader.varint('drafted'), accepted: reader.varint('accepted') };
      return { kind: 'verdict', timeNs, instrument, requestId, drafts };
    }
    case KINDS.forecast:
      return readForecast(reader, timeNs, instrument);
    case KINDS.deadline:
      return { kind: 'deadline', timeNs, instrument, moveIndex: reader.varint('moveIndex') };
    case KINDS.position:
      return { kind: 'position', timeNs, instrument, positionLots: reader.zigZag('positionLots') };
    case KINDS.gap:
      return { kind: 'gap', timeNs, instrument };
    case KINDS['side-inputs']:
      return readSideInputs(reader, timeNs, instrument);
    default:
      throw new OutriderError('bad-log', `edge record of kind ${kind}: written by a newer version`);
  }
}

function readForecast(reader: ByteReader, timeNs: number, instrument: number): EdgeEvent {
  const moveIndex = reader.varint('moveIndex');
  const basis = readFlag(reader, 'basis') ? 'verified' : 'provisional';
  const length = bounded('forecast', reader.varint('forecast'), FORECAST_INTS_MAX);
  const forecast = Int32Array.from({ length }, () => reader.zigZag('forecast'));
  return { kind: 'forecast', timeNs, instrument, moveIndex, basis, forecast };
}

function readSideInputs(reader: ByteReader, timeNs: number, instrument: number): EdgeEvent {
  const moveIndex = reader.varint('moveIndex');
  const version = reader.varint('version');
  const length = bounded('values', reader.varint('values'), SIDE_INPUTS_MAX);
  const values = Int16Array.from({ length }, () => readShort(reader, 'values'));
  return { kind: 'side-inputs', timeNs, instrument, moveIndex, version, values };
}

function readShort(reader: ByteReader, field: string): number {
  const value = reader.zigZag(field);
  if (value >= -32_768 && value <= 32_767) return value;
  throw new OutriderError('bad-log', `${field}: ${value}; -32768 to 32767 are written`);
}

function readFlag(reader: ByteReader, field: string): boolean {
  const flag = reader.u8(field);
  if (flag > 1) throw new OutriderError('bad-log', `${field} is ${flag}; 0 or 1 are written`);
  return flag === 1;
}

function bounded(field: string, length: number, maximum: number): number {
  if (length <= maximum) return length;
  throw new OutriderError('bad-log', `${field}: ${length} entries, at most ${maximum} are written`);
}
