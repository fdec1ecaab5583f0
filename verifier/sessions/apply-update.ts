/** A verifier's copy of a context, brought to where a request says that the edge's is. */
import { appendToken, type Context, NO_SIDE_INPUTS } from '#law';
import type { SideInputUpdate, Speculation } from '#verifier/protocol';

/** False where moves or side inputs are missing: only a whole update helps then. */
export function applyUpdate(context: Context, request: Speculation): boolean {
  const { update, epoch, moveIndex } = request;
  if (update.kind === 'whole') {
    context.tokens.set(update.tokens);
    context.codes.set(update.codes);
    context.scale = update.scale;
    context.epoch = epoch;
    context.moveIndex = moveIndex;
  } else {
    const isNext = context.moveIndex + update.tokens.length === moveIndex;
    if (context.epoch !== epoch || !isNext) return false;
    for (const token of update.tokens) appendToken(context, token);
  }
  return applySideInputs(context, request.sideInputs);
}

/** The present and its branches are read under the same. */
function applySideInputs(context: Context, { version, values }: SideInputUpdate): boolean {
  if (version === 0) context.nextSideInputs = NO_SIDE_INPUTS;
  else if (values !== undefined) context.nextSideInputs = { version, values };
  else if (context.nextSideInputs.version !== version) return false;
  context.sideInputs = context.nextSideInputs;
  return true;
}
