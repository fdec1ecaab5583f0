/** What goes to the verifier: the least that brings its copy of the context up to date. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  appendMove,
  appendToken,
  type Context,
  createContext,
  freezeSideInputs,
  isReady,
  NO_SIDE_INPUTS,
  openEpoch,
  underNextSideInputs,
} from '#law';
import type { Speculation, VerifierLink } from '#verifier/protocol';
import { createAsker } from './asking.ts';

const C = 4;
const NO_QUESTION = {
  ...{ identity: '', wantsPresent: true, branches: new Uint8Array(0) },
  ...{ hints: undefined, budgetNs: 1 },
};

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ instrument: fc.constantFrom(0, 1), moves: fc.nat(7) }) },
  fc.constantFrom({ opensEpoch: true }, { linkFails: true }, { resyncs: true }, { freezes: true }),
);
type Event = {
  instrument?: number;
  moves?: number;
  opensEpoch?: boolean;
  linkFails?: boolean;
  resyncs?: boolean;
  freezes?: boolean;
};

it("keeps the verifier's copy equal to the context, and sends all of it only when it must", () => {
  fc.assert(
    fc.property(fc.array(event as fc.Arbitrary<Event>, { maxLength: 40 }), events => {
      const contexts = [createContext('EURUSD', C), createContext('XAUUSD', C)];
      const copies = contexts.map(({ symbol }) => createContext(symbol, C));
      /** Moves since the verifier last heard of an instrument; undefined where it knows nothing. */
      const behind: (number | undefined)[] = [undefined, undefined];
      const told = [0, 0];
      let linkFails = false;
      const asker = createAsker({
        state: 'up',
        send(request) {
          if (linkFails) return false;
          const { instrument, update } = request;
          const missed = behind[instrument];
          const canFollow = missed !== undefined && missed < C;
          expect(update.kind).toBe(canFollow ? 'moves' : 'whole');
          if (update.kind === 'moves') expect(update.tokens).toHaveLength(missed!);
          const { version, values } = request.sideInputs;
          const isTold = version === 0 || (canFollow && version === told[instrument]);
          expect(values === undefined).toBe(isTold);
          told[instrument] = version;
          apply(copies[instrument]!, request);
          behind[instrument] = 0;
          return true;
        },
      } satisfies VerifierLink);
      for (const { instrument = 0, moves = 1, ...happens } of events) {
        const context = contexts[instrument]!;
        linkFails = happens.linkFails ?? false;
        if (happens.opensEpoch) {
          openEpoch(context, context.epoch + 1);
          behind[instrument] = undefined;
        }
        if (happens.resyncs) {
          asker.resync(instrument);
          behind[instrument] = undefined;
        }
        if (happens.freezes) {
          const version = context.nextSideInputs.version + 1;
          freezeSideInputs(context, { version, values: Int16Array.of(version) });
        }
        for (let move = 1; move <= moves; move++) appendMove(context, move);
        if (behind[instrument] !== undefined) behind[instrument] += moves;
        if (!isReady(context)) continue;
        const ahead = underNextSideInputs(context);
        const asked = asker.ask(ahead, { instrument, ...NO_QUESTION });
        expect(asked === undefined).toBe(linkFails);
        if (linkFails) behind[instrument] = undefined;
        else expect(copies[instrument]).toEqual(ahead);
      }
    }),
  );
});

it('numbers its requests one after another, those the link refused left out', () => {
  const sent: number[] = [];
  let takes = true;
  const asker = createAsker({
    state: 'up',
    send({ requestId }) {
      if (takes) sent.push(requestId);
      return takes;
    },
  });
  const context = createContext('EURUSD', 1);
  appendMove(context, 1);
  const ask = () => asker.ask(context, { instrument: 0, ...NO_QUESTION });
  expect([ask(), ask()]).toEqual([1, 2]);
  takes = false;
  expect(ask()).toBeUndefined();
  takes = true;
  expect(ask()).toBe(3);
  expect(sent).toEqual([1, 2, 3]);
});

function apply(copy: Context, { update, epoch, moveIndex, sideInputs }: Speculation): void {
  if (update.kind === 'whole') {
    copy.tokens.set(update.tokens);
    copy.codes.set(update.codes);
    copy.scale = update.scale;
  } else {
    for (const token of update.tokens) appendToken(copy, token);
  }
  copy.epoch = epoch;
  copy.moveIndex = moveIndex;
  const { version, values } = sideInputs;
  if (version === 0) copy.nextSideInputs = NO_SIDE_INPUTS;
  if (values !== undefined) copy.nextSideInputs = { version, values };
  copy.sideInputs = copy.nextSideInputs;
}
