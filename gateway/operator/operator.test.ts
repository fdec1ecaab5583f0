/** Operators' commands: without these tests, one person or a copy could loosen a limit. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { parseDeskFile } from '../desk-file/desk-file.ts';
import { clearGatewayEffects, createGatewayEffects } from '../effects.ts';
import { createReplay } from '../gateway.ts';
import { CONFIG, START_NS } from '../paper-world.ts';
import { limitOf } from '../risk/set-limit.ts';
import { FIRM, stateOf } from '../risk/states.ts';
import type { OperatorAction } from './operator-command.ts';
import { publicKeyText, signCommand } from './signed-command.ts';

const keys = { ada: newKey(), bea: newKey(), eve: newKey() };
type Name = keyof typeof keys;

function newKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

const operators = (['ada', 'bea'] as const).map(name => ({
  ...{ name, publicKey: publicKeyText(keys[name]) },
}));
const config = { ...CONFIG, operators };
const ORIGIN_MS = Number(CONFIG.originNs / 1_000_000n);

/** A gateway, and a way to send it commands whose times ascend by a second. */
function desk() {
  const replay = createReplay(config);
  const effects = createGatewayEffects();
  let timeNs = START_NS;
  const send = (bytes: Uint8Array) => {
    clearGatewayEffects(effects);
    replay.step({ kind: 'operator', timeNs, bytes }, effects);
    return effects.outcomes[0]!;
  };
  const signed = (by: Name, action: OperatorAction, differing = {}) => {
    timeNs += SECOND_NS;
    const unixMs = ORIGIN_MS + timeNs / 1e6;
    const said = { operator: by, gateway: 'GATEWAY', unixMs, action, ...differing };
    return signCommand(said as Parameters<typeof signCommand>[0], keys[by]);
  };
  return {
    ...{ send, signed, state: replay.state },
    ask: (by: Name, action: OperatorAction, differing = {}) => send(signed(by, action, differing)),
    wait(seconds: number) {
      timeNs += seconds * SECOND_NS;
    },
  };
}

const kill = { kind: 'state', scope: 'firm', state: 'halted' } as const;
const arm = { ...kill, state: 'active' } as const;
const limit = (hard: number) =>
  ({ kind: 'limit', scope: 'firm', name: 'positionLots', hard }) as const;

describe('one operator', () => {
  it('kills and tightens alone, or a desk would burn while it looks for a second one', () => {
    const { ask, state } = desk();
    expect(ask('ada', kill)).toMatchObject({ status: 'applied', operator: 'ada' });
    expect(stateOf(state.risk, FIRM)).toBe('halted');
    expect(ask('ada', limit(10)).text).toBe(
      'firm positionLots was none soft, 20 hard, is none soft, 10 hard lots',
    );
    expect(limitOf(state.risk.memory, FIRM, 'positionLots').hard).toBe(10);
  });

  it('loosens and re-arms nothing alone, not by asking twice either', () => {
    const { ask, state } = desk();
    ask('ada', kill);
    expect(ask('ada', arm).status).toBe('waiting');
    expect(ask('ada', arm)).toMatchObject({ status: 'refused' });
    expect(ask('ada', limit(21)).status).toBe('waiting');
    expect(ask('ada', { kind: 'limit', scope: 'firm', name: 'positionLots' }).status).toBe(
      'waiting',
    );
    expect(stateOf(state.risk, FIRM)).toBe('halted');
    expect(limitOf(state.risk.memory, FIRM, 'positionLots').hard).toBe(20);
  });
});

describe('a second operator', () => {
  it('lets the very same action happen, and no other', () => {
    const { ask, state } = desk();
    ask('ada', limit(30));
    expect(ask('bea', limit(31)).status).toBe('waiting');
    expect(limitOf(state.risk.memory, FIRM, 'positionLots').hard).toBe(20);
    expect(ask('bea', limit(30))).toMatchObject({ status: 'applied' });
    expect(limitOf(state.risk.memory, FIRM, 'positionLots').hard).toBe(30);
    // It is used up.
    expect(ask('bea', limit(40)).status).toBe('waiting');
  });

  it('has ten minutes: an old wish must not come true by accident', () => {
    const { ask, wait, state } = desk();
    ask('ada', kill);
    ask('ada', arm);
    wait(600);
    expect(ask('bea', arm).status).toBe('waiting');
    expect(stateOf(state.risk, FIRM)).toBe('halted');
    expect(ask('ada', arm).status).toBe('applied');
    expect(stateOf(state.risk, FIRM)).toBe('active');
  });
});

describe('a command is refused', () => {
  it('a second time: a copy of an old one could undo what came after', () => {
    const { signed, send, ask } = desk();
    const bytes = signed('ada', limit(10));
    expect(send(bytes).status).toBe('applied');
    ask('ada', limit(9));
    expect(send(bytes)).toMatchObject({
      status: 'refused',
      text: expect.stringContaining('before'),
    });
  });

  it.each([
    ['another gateway', { gateway: 'OTHER' }, 'for gateway OTHER'],
    ['another time', { unixMs: ORIGIN_MS }, "from the gateway's clock"],
    ['a stranger', { operator: 'eve' }, 'not in the desk file'],
    ["another one's name", { operator: 'bea' }, 'is not that of bea'],
    ['an action that is none', { action: { kind: 'sell' } }, 'not well formed'],
    ['a scope that is none', { action: { ...kill, scope: 'desk:x' } }, 'scope desk:x: not there'],
  ])('of %s', (_, differing, text) => {
    const outcome = desk().ask('ada', kill, differing);
    expect(outcome).toMatchObject({ status: 'refused', text: expect.stringContaining(text) });
  });

  it('with a byte changed, or with none at all', () => {
    const { signed, send, state } = desk();
    const bytes = signed('ada', kill);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(send(changed).status).toBe('refused');
    }
    for (const length of [0, 63, 64, 65]) {
      expect(send(bytes.subarray(0, length)).status).toBe('refused');
    }
    expect(stateOf(state.risk, FIRM)).toBe('active');
    expect(send(bytes).status).toBe('applied');
  });

  it('that asks for more than there is room for, and says how much there is', () => {
    const { ask } = desk();
    const orders = { kind: 'limit', scope: 'firm', name: 'orders', hard: 1_000_000 } as const;
    ask('ada', orders);
    expect(ask('bea', orders)).toMatchObject({
      status: 'refused',
      text: expect.stringContaining('give at most 63'),
    });
  });
});

describe('the section operators of a desk file', () => {
  const file = (entries: object[]) => ({
    venues: [{ name: 'north', senderCompId: 'DESK', targetCompId: 'NORTH' }],
    strategies: [{ name: 'alpha', account: 'fund' }],
    accounts: [{ name: 'fund' }],
    operators: entries,
  });

  it('has no key twice: one person would be two operators', () => {
    const [ada] = operators;
    expect(() => parseDeskFile(file([ada!, { ...ada!, name: 'bea' }]))).toThrow('two have one key');
    expect(() => parseDeskFile(file([ada!, ada!]))).toThrow('two have one name');
    expect(() => parseDeskFile(file([{ name: 'ada', publicKey: 'abc' }]))).toThrow('64 hex digits');
    expect(parseDeskFile(file(operators)).operators).toEqual(operators);
  });
});

it('arms by a plain command no more where there are operators', () => {
  const { state, ask } = desk();
  ask('ada', kill);
  const replay = createReplay(config);
  const effects = createGatewayEffects();
  replay.step({ kind: 'command', timeNs: START_NS, command: 'kill' }, effects);
  replay.step({ kind: 'command', timeNs: START_NS, command: 'arm' }, effects);
  expect(stateOf(replay.state.risk, FIRM)).toBe('halted');
  expect(effects.problems[0]).toContain('two of them arm');
  expect(stateOf(state.risk, FIRM)).toBe('halted');
});
