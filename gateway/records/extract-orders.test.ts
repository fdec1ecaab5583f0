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

function extractsOf(world: PaperWorld, isWanted = (_: string) => true) {
  const all: JudgedIntent[] = [];
  let judged: JudgedIntent[] = [];
  const kernels = tracingKernels(loadedKernels.kernels, each => {
    judged.push(each);
    all.push(each);
  });
  const replay = createReplay(CONFIG, kernels);
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
