/**
 * The fields of a signal, in the gateway's log and on the link from an edge.
 *
 *     strategy, instrument varint | times zig-zag from the record's | desired, limit zig-zag
 *     | style u8 | interval, quote zig-zag | basis u8: bit 0 verified, bit 1 confidence follows
 *     | forecast id 16 bytes | confidence: acceptance, entropy varint, clock offset zig-zag
 */
import { type ByteReader, type ByteWriter, OutriderError } from '#engine';
import type { Confidence, Signal, Style } from './signal.ts';

const STYLES: readonly Style[] = ['wait', 'join', 'cross', 'peg'];
const BASIS = { verified: 1, confidence: 2 } as const;

/** `timeNs`: the time of the record or frame it stands in, from which its own are counted. */
export function writeSignal(writer: ByteWriter, signal: Signal, timeNs: number): void {
  const { confidence } = signal;
  writer.varint('strategy', signal.strategy);
  writer.varint('instrument', signal.instrument);
  writer.zigZag('decided', signal.timeNs - timeNs);
  writer.zigZag('tick', signal.tickTimeNs - timeNs);
  writer.zigZag('forecast', signal.forecastTimeNs - timeNs);
  writer.zigZag('desired', signal.desiredLots);
  writer.zigZag('limit', signal.limitIncrements);
  writer.u8('style', STYLES.indexOf(signal.style));
  writer.zigZag('midLow', signal.midLowHalfIncrements);
  writer.zigZag('midHigh', signal.midHighHalfIncrements);
  writer.zigZag('bid', signal.bidIncrements);
  writer.zigZag('ask', signal.askIncrements);
  const basis = signal.basis === 'verified' ? BASIS.verified : 0;
  writer.u8('basis', confidence === undefined ? basis : basis | BASIS.confidence);
  writer.bytes('forecastId', Buffer.from(signal.forecastId, 'hex'), 16);
  if (confidence === undefined) return;
  writer.varint('acceptance', confidence.acceptancePpm);
  writer.varint('entropy', confidence.entropyPpm);
  writer.zigZag('clockOffset', confidence.clockOffsetNs);
}

export function readSignal(reader: ByteReader, timeNs: number): Signal {
  const signal: Signal = {
    strategy: reader.varint('strategy'),
    instrument: reader.varint('instrument'),
    timeNs: timeNs + reader.zigZag('decided'),
    tickTimeNs: timeNs + reader.zigZag('tick'),
    forecastTimeNs: timeNs + reader.zigZag('forecast'),
    desiredLots: reader.zigZag('desired'),
    limitIncrements: reader.zigZag('limit'),
    style: styleAt(reader.u8('style')),
    midLowHalfIncrements: reader.zigZag('midLow'),
    midHighHalfIncrements: reader.zigZag('midHigh'),
    bidIncrements: reader.zigZag('bid'),
    askIncrements: reader.zigZag('ask'),
    ...{ basis: 'provisional', forecastId: '' },
  };
  const basis = reader.u8('basis');
  if ((basis & BASIS.verified) !== 0) signal.basis = 'verified';
  signal.forecastId = Buffer.from(reader.bytes('forecastId', 16)).toString('hex');
  if ((basis & BASIS.confidence) !== 0) signal.confidence = readConfidence(reader);
  return signal;
}

const readConfidence = (reader: ByteReader): Confidence => ({
  acceptancePpm: reader.varint('acceptance'),
  entropyPpm: reader.varint('entropy'),
  clockOffsetNs: reader.zigZag('clockOffset'),
});

function styleAt(index: number): Style {
  const style = STYLES[index];
  if (style !== undefined) return style;
  throw new OutriderError('bad-log', `style is ${index}: written by a newer version`);
}
