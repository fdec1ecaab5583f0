/** Extracts against what the world saw: without them an auditor would hold a story, not the log. */
import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { loadedKernels } from '#native';
import { clearGatewayEffects, createGatewayEffects } from '../effects.ts';
import { createReplay } from '../gateway.ts';
import { CONFIG, type PaperWorld, paperWorld } from '../paper-world.ts';
import { createGatewayEncoder } from '../record.ts';
import { type JudgedIntent, tracingKernels } from '../risk/trace.ts';
import { collectOrders } from './extract-orders.ts';
import { isSealed, type OrderExtract } from './order-extract.ts';

const MILLISECOND = 1_000_000;

/** What an order meets: acknowledged, replaced, filled; then a wish beyond the position limit. */
function tradedWorld(): PaperWorld {
  const world = paperWorld();
  world.quote(0, 100_000, 100_010);
  world.connect();
  world.wait(5 * MILLISECOND);
  world.signal({ style: 'join', limitIncrements: 100_000, desiredLots: 3 });
  world.wait(5 * MILLISECOND);
  world.signal({ style: 'join', limitIncrements: 100_000, desiredLots: 4 });
  world.wait(5 * MILLISECOND);
  world.quote(0, 99_990, 100_000);
  world.wait(SECOND_NS);
  world.signal({ desiredLots: 21 });
  world.wait(SECOND_NS);
  return world;
}

function extractsOf(world: PaperWorld, isWanted = (_: string) => true, config = CONFIG) {
  const all: JudgedIntent[] = [];
  let judged: JudgedIntent[] = [];
  const kernels = tracingKernels(loadedKernels.kernels, each => {
    judged.push(each);
    all.push(each);
  });
  const replay = createReplay(config, kernels);
  const collector = collectOrders(replay.state, { isWanted, groundsOf: () => [] });
  const effects = createGatewayEffects();
  const encode = createGatewayEncoder();
  for (const [offset, event] of world.log.entries()) {
    judged = [];
    const payload = encode(event).slice();
    replay.step(event, effects);
    collector.take({ offset, payload, event, effects, judged });
    clearGatewayEffects(effects);
  }
  return { collector, extracts: collector.extracts(), all };
}

const ofKind = <K extends OrderExtract['items'][number]['kind']>(
  { items }: OrderExtract,
  kind: K,
) => items.filter((item): item is typeof item & { kind: K } => item.kind === kind);

const wire = (bytes: Buffer) => bytes.toString('latin1').replaceAll('\u0001', '|');

describe('an extract', () => {
  const world = tradedWorld();
  const { extracts, all } = extractsOf(world);

  it('has every order message that left, once and in order, or one would be unseen', () => {
    const left = world.sent.map(wire).filter(text => /\|35=[DFG]\|/.test(text));
    const sent = extracts.flatMap(each => ofKind(each, 'sent').map(({ message }) => message));
    expect(left.length).toBeGreaterThan(1);
    expect(sent).toEqual(left);
  });

  it('has every answer of the venue to it, or a fill could be left out', () => {
    const inbound = world.log.flatMap(each =>
      each.kind === 'inbound' ? wire(Buffer.from(each.bytes)).split(/(?<=\|10=\d{3}\|)/) : [],
    );
    const reports = inbound.filter(text => /\|35=[89]\|/.test(text));
    const answers = extracts.flatMap(each => ofKind(each, 'answer'));
    expect(answers.map(({ message }) => message)).toEqual(reports);
    const last = answers.findLast(({ after }) => after !== null);
    expect(last?.after?.positionLots).toBe(world.tally.positionLots[0]);
  });

  it('names record and hash of each item, or nobody could look it up', () => {
    const encode = createGatewayEncoder();
    for (const { place } of extracts.flatMap(({ items }) => items)) {
      expect(place.sha256).toBe(hash('sha256', encode(world.log[place.record]!)));
    }
  });

  it('keeps a replaced order one order, under each of its names', () => {
    const [first] = extracts;
    expect(
      ofKind(first!, 'request')
        .map(({ request }) => request)
        .slice(0, 2),
    ).toEqual(['new', 'replace']);
    const { collector } = extractsOf(world, order => order === first!.order);
    expect(new Set(first!.clientOrderIds.map(collector.rootOf))).toEqual(new Set([first!.order]));
    expect(collector.extracts()).toEqual([first]);
  });

  it('has each check with what it saw against its limit, and they end with a refusal', () => {
    const [first] = extracts;
    const position = ofKind(first!, 'check').find(({ rule }) => rule === 'position');
    expect(position).toMatchObject({
      passed: true,
      limits: [{ scope: 'firm', seen: '3', soft: null, hard: '20' }],
    });
    const refused = all.filter(({ checks }) => checks.some(({ passed }) => !passed));
    const seen = refused.map(({ checks }) => {
      const { rule, objection } = checks.at(-1)!;
      return { rule, seen: objection!.seen, allowed: objection!.allowed };
    });
    const refusals = world.effects.flatMap(effects => effects.refusals);
    expect(seen).toEqual(
      refusals.map(each => ({
        ...{ rule: each.rule, seen: String(each.seen), allowed: String(each.allowed) },
      })),
    );
    expect(refusals.length).toBeGreaterThan(0);
  });

  it('is bound by its hash: one changed digit is found', () => {
    const [first] = extracts;
    expect(isSealed(first!)).toBe(true);
    const changed = structuredClone(first!);
    changed.items[0]!.place.record++;
    expect(isSealed(changed)).toBe(false);
  });
});

describe('an extract over a lost connection', () => {
  const lost = paperWorld();
  lost.quote(0, 100_000, 100_010);
  lost.connect();
  lost.wait(5 * MILLISECOND);
  lost.signal({ style: 'join', limitIncrements: 100_000 });
  lost.cut();
  lost.wait(SECOND_NS);
  lost.connect();
  lost.wait(SECOND_NS);

  it('has the bytes that a gap fill stands for, or an order could seem to be at the venue', () => {
    const [extract] = extractsOf(lost).extracts;
    const [sent] = ofKind(extract!, 'sent');
    const withheld = ofKind(extract!, 'withheld');
    expect(withheld.map(({ message }) => message)).toEqual([sent!.message]);
    expect(sent!.message).toContain(`|34=${withheld[0]!.msgSeqNum}|`);
    expect(ofKind(extract!, 'answer').filter(({ news }) => news !== null)).toEqual([]);
  });

  it('has what a report did once the gap before it was filled, where it did that', () => {
    const world = paperWorld();
    world.quote(0, 100_000, 100_010);
    world.connect();
    world.wait(5 * MILLISECOND);
    world.signal({ desiredLots: 2 });
    world.wait(SECOND_NS);
    // Acknowledgement and fill came in one record: they come one by one, the other way round.
    const at = world.log.findIndex(
      each => each.kind === 'inbound' && wire(each.bytes as Buffer).includes('|35=8|'),
    );
    const both = world.log[at]!;
    if (both.kind !== 'inbound') throw new Error('no report came');
    const text = Buffer.from(both.bytes).toString('latin1');
    const end = text.indexOf('8=FIX.4.4', 1);
    const pieces = [text.slice(end), text.slice(0, end)].map(each => Buffer.from(each, 'latin1'));
    const swapped = [...world.log.slice(0, at), ...pieces.map(bytes => ({ ...both, bytes }))];
    const next = at + 1;
    const [extract] = extractsOf({ ...world, log: swapped } as PaperWorld).extracts;
    const answers = ofKind(extract!, 'answer');
    expect(answers.map(({ place, news }) => [place.record, news])).toEqual([
      [at, null],
      [next, 'acked'],
    ]);
    expect(ofKind(extract!, 'news').map(each => [each.place.record, each.news])).toEqual([
      [next, 'filled'],
    ]);
  });
});

it('has a mass cancel and its answer in each order it covered, or its end had no cause', () => {
  const config = { ...CONFIG, venues: [{ ...CONFIG.venues[0]!, hasMassCancel: true }] };
  const world = paperWorld(config);
  for (const instrument of [0, 1]) world.quote(instrument, 100_000, 100_010);
  world.connect();
  world.wait(5 * MILLISECOND);
  for (const instrument of [0, 1]) world.signal({ instrument, limitIncrements: 99_990 });
  world.wait(5 * MILLISECOND);
  world.gateway.command('kill');
  world.wait(5 * MILLISECOND);
  const { extracts } = extractsOf(world, undefined, config);
  const typeOf = (message: string) => /\|35=(\w+)\|/.exec(message)![1];
  for (const extract of extracts) {
    const items = extract.items.filter(item => item.kind === 'sent' || item.kind === 'answer');
    expect(items.map(({ message }) => typeOf(message))).toEqual(['D', '8', 'q', 'r', '8']);
  }
  expect(extracts).toHaveLength(2);
});

it('an extract of a pair says whether another node knew of what left', () => {
  const world = tradedWorld();
  world.cut();
  world.gateway.claim(1, 'A', '');
  world.connect();
  for (const [standby, desiredLots] of [
    ['B', 5],
    ['', 6],
  ] as const) {
    world.gateway.noteStandby(standby);
    world.wait(SECOND_NS);
    world.signal({ desiredLots });
    world.wait(SECOND_NS);
  }
  const { extracts } = extractsOf(world);
  const known = extracts.flatMap(each => ofKind(each, 'sent').map(({ standby }) => standby));
  expect(known).toContain(undefined);
  expect(known.slice(-2)).toEqual(['B', null]);
});
