/** Asking the verifier: the whole context at first and after a loss, then only the moves since. */
import type { Context } from '#law';
import type { ContextUpdate, SideInputUpdate, Speculation, VerifierLink } from '#verifier/protocol';

export type Question = Pick<
  Speculation,
  'instrument' | 'identity' | 'wantsPresent' | 'branches' | 'hints' | 'budgetNs'
>;

export type Asker = {
  /**
   * Sends and returns the request's id, or undefined where the link did not take it. All is asked
   * under the context's own side inputs.
   */
  ask(context: Context, question: Question): number | undefined;
  /** The verifier lost its context: the next request carries all of it. */
  resync(instrument: number): void;
};

type Sent = { epoch: number; moveIndex: number; sideInputVersion: number };

export function createAsker(link: VerifierLink): Asker {
  const sent: (Sent | undefined)[] = [];
  let requestId = 0;
  return {
    ask(context, question) {
      const { epoch, moveIndex } = context;
      const before = sent[question.instrument];
      const update = updateSince(context, before);
      const sideInputs = sideInputsSince(context, update.kind === 'moves' ? before : undefined);
      const request = { requestId: requestId + 1, epoch, moveIndex, update, sideInputs };
      if (!link.send({ ...request, ...question })) {
        sent[question.instrument] = undefined;
        return undefined;
      }
      const sideInputVersion = sideInputs.version;
      sent[question.instrument] = { epoch, moveIndex, sideInputVersion };
      return ++requestId;
    },
    resync(instrument) {
      sent[instrument] = undefined;
    },
  };
}

function updateSince(context: Context, sent: Sent | undefined): ContextUpdate {
  const { tokens, codes, contextMoves, scale } = context;
  const missed = sent?.epoch === context.epoch ? context.moveIndex - sent.moveIndex : contextMoves;
  return missed < contextMoves
    ? { kind: 'moves', tokens: tokens.slice(contextMoves - missed) }
    : { kind: 'whole', tokens: tokens.slice(), codes: codes.slice(), scale };
}

/** Values go with a new version, and with every whole context. */
function sideInputsSince({ sideInputs }: Context, sent: Sent | undefined): SideInputUpdate {
  const { version, values } = sideInputs;
  const isKnown = version === 0 || version === sent?.sideInputVersion;
  return { version, values: isKnown ? undefined : values };
}
