/** Snapshots of a gateway: one that lacked something would send other bytes after a restart. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '#engine';
import { loadKernels } from '#native';
import type { GatewayEvent } from '../event.ts';
import { createReplay, type GatewayReplay } from '../gateway.ts';
import { anyAction, perform, quotedWorld } from '../paper-actions.ts';
import { CONFIG, replayedBytes } from '../paper-world.ts';
import { createGatewayEncoder, readGatewayRecord } from '../record.ts';

const scripts = fc.record({
  actions: fc.array(anyAction, { minLength: 5, maxLength: 80 }),
  delayNs: fc.constantFrom(0, 1_000_000, 40_000_000),
  /** Where in the log the snapshot is taken, and how large the pieces of inbound bytes are. */
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  pieceBytes: fc.constantFrom(7, 100, 100_000),
});
type Script = typeof scripts extends fc.Arbitrary<infer Value> ? Value : never;

/** The log of a world as its records are read back, inbound bytes cut into other pieces. */
function logOf({ actions, delayNs, pieceBytes }: Script): GatewayEvent[] {
  const { world, quotes } = quotedWorld(delayNs);
  for (const act of actions) perform(world, quotes, act);
  return world.log.flatMap(event => piecesOf(event, pieceBytes)).map(journalled);
}

function piecesOf(event: GatewayEvent, pieceBytes: number): GatewayEvent[] {
  if (event.kind !== 'inbound') return [event];
  const pieces: GatewayEvent[] = [];
  for (let at = 0; at < event.bytes.length; at += pieceBytes) {
    pieces.push({ ...event, bytes: event.bytes.subarray(at, at + pieceBytes) });
  }
  return pieces;
}

const encode = createGatewayEncoder();

function journalled(event: GatewayEvent): GatewayEvent {
  const reader = new ByteReader();
  reader.reset(encode(event).slice());
  return readGatewayRecord(reader) as GatewayEvent;
}

function replayed(events: readonly GatewayEvent[], kernels = loadKernels().kernels): GatewayReplay {
  const replay = createReplay(CONFIG, kernels);
  replayedBytes(replay, events);
  return replay;
}

const stateOf = (replay: GatewayReplay) => Buffer.from(replay.snapshot().bytes);

describe('a gateway that goes on from a snapshot', () => {
  it('sends the same bytes and has the same state as one that stepped every record', () => {
    fc.assert(
      fc.property(scripts, script => {
        const log = logOf(script);
        const at = Math.floor(script.place * log.length);
        const whole = createReplay(CONFIG);
        replayedBytes(whole, log.slice(0, at));
        const { bytes, mark } = whole.snapshot();
        const resumed = createReplay(CONFIG);
        resumed.restore(bytes.slice());
        expect(stateOf(resumed)).toEqual(Buffer.from(bytes));
        const rest: GatewayEvent[] = [{ kind: 'snapshot-mark', timeNs: 0, mark }, ...log.slice(at)];
        expect(replayedBytes(resumed, rest)).toEqual(replayedBytes(whole, rest));
        expect(stateOf(resumed)).toEqual(stateOf(whole));
      }),
      { numRuns: 50 },
    );
  });

  it('has the state of the live gateway, or a standby would differ from its primary', () => {
    fc.assert(
      fc.property(scripts, script => {
        const { world, quotes } = quotedWorld(script.delayNs);
        for (const act of script.actions) perform(world, quotes, act);
        const { bytes } = world.gateway.snapshot()!;
        const mark = world.log.at(-1)!;
        expect(mark.kind).toBe('snapshot-mark');
        const log = world.log.map(journalled);
        expect(stateOf(replayed(log))).toEqual(Buffer.from(bytes));
        expect(stateOf(replayed(log, loadKernels({ OUTRIDER_TWINS: '1' }).kernels))).toEqual(
          Buffer.from(bytes),
        );
      }),
      { numRuns: 25 },
    );
  });
});

describe('a mark in the log', () => {
  const events = (() => {
    const { world, quotes } = quotedWorld(1_000_000);
    world.signal({});
    world.wait(10_000_000);
    perform(world, quotes, { kind: 'quote', instrument: 0, move: 3, spread: 10 });
    world.gateway.snapshot();
    return world.log.map(journalled);
  })();

  it('finds a record that was changed, though every checksum of the log holds', () => {
    expect(() => replayed(events)).not.toThrow();
    const at = events.findIndex(({ kind }) => kind === 'signal');
    const signal = events[at]! as GatewayEvent & { kind: 'signal' };
    const other = { ...signal, signal: { ...signal.signal, desiredLots: 2 } };
    expect(() => replayed(events.with(at, other))).toThrow('the replay sent');
    expect(() => replayed(events.toSpliced(at, 1))).toThrow('the replay sent');
    expect(() => replayed(events.toSpliced(at, 0, signal))).toThrow('the replay has state');
  });

  it('of another build is compared by what was sent alone', () => {
    const last = events.at(-1)! as GatewayEvent & { kind: 'snapshot-mark' };
    const other = { ...last.mark, layout: '0'.repeat(32), stateHash: '0'.repeat(64) };
    expect(() => replayed(events.with(-1, { ...last, mark: other }))).not.toThrow();
    const lost = { ...other, messages: other.messages + 1 };
    expect(() => replayed(events.with(-1, { ...last, mark: lost }))).toThrow('the log says');
  });

  it('belongs to a configuration, whose parts a snapshot only names', () => {
    const { bytes } = replayed(events).snapshot();
    const venue = CONFIG.venues[0]!;
    const other = createReplay({ ...CONFIG, venues: [venue, { ...venue, name: 'second' }] });
    expect(() => other.restore(bytes)).toThrow('another build or configuration');
  });
});
