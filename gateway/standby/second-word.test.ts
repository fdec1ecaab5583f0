/** Two operators' word where a witness is silent: one alone could make two gateways trade. */
import { describe, expect, it } from 'vitest';
import { MILLISECOND_NS } from '#engine';
import { SECOND_WORD_NS, waitsForSecond } from './following.ts';
import { stepNode } from './node.ts';
import type { NodeEffect, NodeEvent } from './node-event.ts';
import { createNode, maySend } from './node-state.ts';
import { linkTerms } from './way-terms.ts';

const MS = MILLISECOND_NS;
const LEASE_MS = 100;

/** A standby of epoch 1 whose primary has fallen silent, on a clock of milliseconds. */
function orphan() {
  const terms = {
    ...{ node: 'B', instance: 'B1', leaseNs: LEASE_MS * MS },
    ...linkTerms({ hasWitness: true, aloneAfterNs: 50 * MS }),
  };
  const state = createNode(terms, { epoch: 1, isFirst: false, nowNs: 0 });
  const said: NodeEffect[] = [];
  let nowMs = 0;
  const take = (event: NodeEvent) => stepNode(state, event, { nowNs: nowMs * MS, effects: said });
  const until = (ms: number) => {
    for (; nowMs < ms; nowMs += 5) take({ kind: 'tick' });
  };
  const say = (operator: string) => take({ kind: 'promote', operator });
  const claims = () => said.filter(({ kind }) => kind === 'claim');
  const mayTrade = () => maySend(state, nowMs * MS);
  const waits = () => waitsForSecond(state, nowMs * MS);
  return { state, said, take, until, say, claims, mayTrade, waits };
}

describe('a standby whose witness does not answer', () => {
  it('trades alone by the word of two operators, and says whose', () => {
    const { until, say, claims, said, mayTrade, waits } = orphan();
    until(400);
    expect(waits()).toBe(false);
    say('ada');
    expect(waits()).toBe(true);
    until(600);
    expect(claims()).toEqual([]);
    say('bea');
    expect(claims()).toEqual([{ kind: 'claim', epoch: 2, operator: 'ada, bea' }]);
    expect(said).toContainEqual({ kind: 'pairing', pairing: 'alone', standby: '' });
    until(5000);
    expect(mayTrade()).toBe(true);
  });

  it('does not by one operator who says it twice, nor by a word that is too old', () => {
    const { until, say, claims, state } = orphan();
    until(400);
    say('ada');
    say('ada');
    until(800);
    expect(claims()).toEqual([]);
    state.follower.saidNs -= SECOND_WORD_NS;
    say('bea');
    expect(claims()).toEqual([]);
    say('ada');
    expect(claims()).toMatchObject([{ operator: 'bea, ada' }]);
  });

  it('does not before the lease that the witness may have lent last is over', () => {
    const { until, say, claims } = orphan();
    until(LEASE_MS);
    say('ada');
    say('bea');
    until(2 * LEASE_MS);
    expect(claims()).toEqual([]);
    until(2.5 * LEASE_MS);
    expect(claims()).toHaveLength(1);
  });

  it('leaves it to a witness that answers', () => {
    const { until, say, take, claims, state, waits } = orphan();
    const refused = { kind: 'refused', reason: 'held', text: 'A holds epoch 1' } as const;
    const answer = () => {
      const askedNs = state.follower.askedNs ?? 0;
      take({ kind: 'witness', message: { ...refused, askedNs } });
    };
    until(400);
    answer();
    say('ada');
    say('bea');
    for (let ms = 400; ms < 1000; ms += 50) {
      until(ms);
      answer();
    }
    expect(claims()).toEqual([]);
    expect(waits()).toBe(false);
  });

  it('forgets one word when the primary is heard again, which needs its promise', () => {
    const { until, say, take, said, state } = orphan();
    until(400);
    say('ada');
    take({ kind: 'witness-lost' });
    take({ kind: 'linked' });
    take({ kind: 'heartbeat', heartbeatNs: 7 });
    expect(said.at(-1)).toEqual({ kind: 'renewal', heartbeatNs: 7 });
    expect(state).toMatchObject({ role: 'following', follower: { operator: '' } });
  });
});

describe('a primary by the word of two operators', () => {
  function promoted() {
    const node = orphan();
    node.until(400);
    node.say('ada');
    node.say('bea');
    return node;
  }

  it('has a lease again once the witness answers, and stops when that ends', () => {
    const { take, until, mayTrade, state, said } = promoted();
    take({ kind: 'witness', message: { kind: 'renewed', epoch: 2, askedNs: 400 * MS } });
    expect(state.isWitnessWaived).toBe(false);
    expect(said.at(-1)).toMatchObject({ text: expect.stringContaining('lends epoch 2') });
    until(400 + LEASE_MS + 10);
    expect([mayTrade(), state.role]).toEqual([false, 'stopped']);
  });

  it('ends where the witness has lent the epoch to another', () => {
    const { take, state } = promoted();
    const text = 'A holds epoch 3';
    const message = { kind: 'refused', reason: 'superseded', text, askedNs: 0 } as const;
    take({ kind: 'witness', message });
    expect(state.role).toBe('stopped');
  });

  it('waits for an operator, not for a time, where its standby is lost', () => {
    const { take, until, mayTrade, say } = promoted();
    take({ kind: 'standby-in-sync', standby: 'A' });
    take({ kind: 'renewal', heartbeatNs: 400 * MS });
    take({ kind: 'standby-lost' });
    until(2000);
    expect(mayTrade()).toBe(false);
    say('ada');
    expect(mayTrade()).toBe(true);
  });
});
