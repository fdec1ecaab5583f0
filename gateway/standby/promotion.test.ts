/** Who may promote a node: a word that anybody can say would let two gateways trade. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clearGatewayEffects, createGatewayEffects } from '../effects.ts';
import { createReplay } from '../gateway.ts';
import type { OperatorAction } from '../operator/operator-command.ts';
import { publicKeyText, signCommand } from '../operator/signed-command.ts';
import { CONFIG, START_NS } from '../paper-world.ts';
import { judgePromotion, type PromotedNode } from './promotion.ts';

const [ada, eve] = [1, 2].map(() => generateKeyPairSync('ed25519').privateKey) as [Key, Key];
type Key = ReturnType<typeof generateKeyPairSync>['privateKey'];
const config = { ...CONFIG, operators: [{ name: 'ada', publicKey: publicKeyText(ada) }] };
const unixMs = Number(CONFIG.originNs / 1_000_000n) + START_NS / 1e6;
const PROMOTE = { kind: 'promote', node: 'B', epoch: 3 } as const;

function node(): PromotedNode & { state: object } {
  const { state } = createReplay(config);
  return { node: 'B', epoch: 3, hasOperators: true, state, nowNs: START_NS };
}

const signed = (
  action: OperatorAction = PROMOTE,
  { key = ada, at = unixMs, gateway = 'GATEWAY' } = {},
) => signCommand({ operator: 'ada', gateway, unixMs: at, action }, key);

const said = (bytes: Uint8Array, given: PromotedNode = node()) =>
  judgePromotion({ operator: 'ada', signed: bytes }, given);

describe('a promotion', () => {
  it('counts by name alone where the desk has no operators, signed where it has', () => {
    const open = { ...node(), hasOperators: false };
    expect(said(new Uint8Array(), open)).toEqual({ operator: 'ada' });
    expect(said(signed())).toEqual({ operator: 'ada' });
    expect(said(signed(), open)).toMatchObject({ refusal: expect.stringContaining('--key') });
  });

  it.each<[string, Uint8Array, string]>([
    ['unsigned', new Uint8Array(), 'unsigned by ada'],
    ['by another key', signed(PROMOTE, { key: eve }), 'the signature is not that of ada'],
    ['for another node', signed({ ...PROMOTE, node: 'A' }), 'signed for node A; this is B'],
    ['for another epoch', signed({ ...PROMOTE, epoch: 2 }), 'signed for epoch 2; B is at 3'],
    ['for another gateway', signed(PROMOTE, { gateway: 'X' }), 'the command is for gateway X'],
    ['long ago', signed(PROMOTE, { at: unixMs - 301_000 }), 'signed 301 s from'],
    ['of something else', signed({ kind: 'state', scope: 'firm', state: 'halted' }), 'state was'],
  ])('%s is refused', (_, bytes, reason) => {
    expect(said(bytes)).toEqual({ refusal: expect.stringContaining(reason) });
  });

  it('is a record behind its claim, and does not count a second time', () => {
    const { state, step } = createReplay(config);
    const effects = createGatewayEffects();
    step({ kind: 'epoch-claim', timeNs: START_NS, epoch: 4, node: 'B', operator: 'ada' }, effects);
    step({ kind: 'operator', timeNs: START_NS, bytes: signed() }, effects);
    expect(effects.outcomes).toEqual([
      { status: 'applied', operator: 'ada', text: 'B trades by epoch 4' },
    ]);
    clearGatewayEffects(effects);
    step({ kind: 'operator', timeNs: START_NS, bytes: signed() }, effects);
    expect(effects.outcomes).toMatchObject([{ status: 'refused' }]);
    const again = { node: 'B', epoch: 3, hasOperators: true, state, nowNs: START_NS };
    expect(said(signed(), again)).toMatchObject({ refusal: expect.stringContaining('before') });
  });
});
