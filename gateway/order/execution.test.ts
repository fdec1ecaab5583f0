/** Executions: without these tests, a race of reports could leave a wrong position. */
import { describe, expect, it } from 'vitest';
import { CONFIG } from '../paper-world.ts';
import { createGatewayState } from '../state.ts';
import { applyExecution } from './execution.ts';
import { createWorkingOrder, type WorkingOrder } from './working-order.ts';

function partlyFilled(): WorkingOrder {
  return {
    ...createWorkingOrder(),
    ...{ clientOrderId: { date: 20_140_502, serial: 1 }, side: 1, lots: 5, filledLots: 2 },
    ...{ limitIncrements: 100_000, postOnly: false, pending: undefined, isUnknown: true },
  };
}

function answer(status: { filledLots: number; isOpen: boolean }) {
  const desk = createGatewayState(CONFIG).desks[0]!;
  const order = partlyFilled();
  desk.orders.push(order);
  const news = applyExecution(desk, order, { kind: 'status', ...status });
  return { news, desk, order };
}

describe('the answer to a status request', () => {
  it.each([
    [{ filledLots: 2, isOpen: true }, 'known', true],
    [{ filledLots: 2, isOpen: false }, 'known', false],
  ] as const)('%j is believed', (status, expected, isWorking) => {
    const { news, desk, order } = answer(status);
    expect(news).toBe(expected);
    expect(order.isUnknown).toBe(false);
    expect(desk.orders.length > 0).toBe(isWorking);
  });

  it('ends an order that a venue started anew does not know, its fills kept', () => {
    const { news, desk } = answer({ filledLots: 0, isOpen: false });
    expect(news).toBe('known');
    expect(desk.orders).toEqual([]);
  });

  it.each([
    { filledLots: 3, isOpen: true },
    { filledLots: 5, isOpen: false },
    { filledLots: 0, isOpen: true },
  ])('%j contradicts the fills reported: nothing is sent until that is settled', status => {
    const { news, order } = answer(status);
    expect(news).toBe('out-of-step');
    expect(order.isUnknown).toBe(true);
  });
});
