/** Requests as bytes: a type or time in force that gets lost on the way would be another order. */
import { expect, it } from 'vitest';
import { CONFIG } from '../paper-world.ts';
import { createGatewayState } from '../state.ts';
import { createOrderRequest, type OrderRequest } from './request.ts';

const state = createGatewayState(CONFIG);

function bodyOf(differing: Partial<OrderRequest>): string {
  const request = { ...createOrderRequest(), lots: 3, limitIncrements: 99_990, ...differing };
  request.clientOrderId = { date: 20_140_502, serial: 7 };
  request.originalClientOrderId = { date: 20_140_502, serial: 6 };
  const bytes = state.wires[0]!.encode(request, {
    store: state.venues[0]!.session.store,
    nowNs: 0,
  });
  const fields = bytes.toString('latin1').split('\u0001');
  const told = fields.filter(field => /^(35|18|38|40|41|44|59|99)=/.test(field));
  return told.join(' ');
}

const CASES: [Partial<OrderRequest>, string][] = [
  [{}, '35=D 38=3000 40=2 44=0.99990 59=0'],
  [{ postOnly: true, timeInForce: 'gtc' }, '35=D 18=6 38=3000 40=2 44=0.99990 59=1'],
  [{ timeInForce: 'ioc' }, '35=D 38=3000 40=2 44=0.99990 59=3'],
  [{ timeInForce: 'fok', type: 'market' }, '35=D 38=3000 40=1 59=4'],
  [{ type: 'stop', stopIncrements: 100_020 }, '35=D 38=3000 40=3 59=0 99=1.00020'],
  [
    { kind: 'replace', type: 'stop', stopIncrements: 100_020, timeInForce: 'gtc' },
    '35=G 38=3000 40=3 41=20140502-000006 59=1 99=1.00020',
  ],
  [{ kind: 'replace', type: 'market' }, '35=G 38=3000 40=1 41=20140502-000006 59=0'],
  [{ kind: 'cancel', type: 'stop' }, '35=F 38=3000 41=20140502-000006'],
];

it.each(CASES)('%o becomes %s', (differing, expected) => {
  expect(bodyOf(differing)).toBe(expected);
});
