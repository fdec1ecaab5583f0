/** A speculation on the wire; what a verifier takes in is checked field by field. */

import { ByteReader, badFrame } from '#engine';
import { SCALE_CODES, TOKENS } from '#law';
import { checkBelow, checkLength, readIdentity, writeIdentity } from './fields.ts';
import type { Frame } from './frame.ts';
import { type FrameWriter, readPayload } from './payload.ts';
import { readSideInputs, sideInputFlags, writeSideInputs } from './side-input-update.ts';
import type { ContextUpdate, Speculation, VerifierTerms } from './speculation.ts';

/*
   flags   bit 0: the update is the whole context, 1: the present is wanted, 2: hints follow,
           3 and 4: see side-input-update.ts

   requestId, instrument, epoch, moveIndex, budgetNs: varint | identity: bytes (16)
   whole: tokens, codes: bytes (C each), scale: u32          moves: tokens: bytes (0 to C)
   side inputs: see side-input-update.ts
   branches: bytes                                           hints: bytes ([context][path][move])
*/
const WHOLE = 1;
const WANTS_PRESENT = 2;
const HINTS = 4;

const BYTES_MAX = 1024 * 1024;
/** The law keeps the scale at 2^27 or less. */
const SCALE_MOST = 2 ** 27;

/** Times, counts and indices must be whole and not negative, or `bad-usage` is thrown. */
export function encodeSpeculation(frames: FrameWriter, request: Speculation): Uint8Array {
  const { update, hints } = request;
  const flags =
    (update.kind === 'whole' ? WHOLE : 0) |
    (request.wantsPresent ? WANTS_PRESENT : 0) |
    (hints === undefined ? 0 : HINTS) |
    sideInputFlags(request.sideInputs);
  return frames({ name: 'speculation', flags }, payload => {
    payload.varint('requestId', request.requestId);
    payload.varint('instrument', request.instrument);
    payload.varint('epoch', request.epoch);
    payload.varint('moveIndex', request.moveIndex);
    payload.varint('budgetNs', request.budgetNs);
    writeIdentity(payload, request.identity);
    payload.bytes('update.tokens', update.tokens, BYTES_MAX);
    if (update.kind === 'whole') {
      payload.bytes('update.codes', update.codes, BYTES_MAX);
      payload.u32('update.scale', update.scale);
    }
    writeSideInputs(payload, request.sideInputs);
    payload.bytes('branches', request.branches, TOKENS);
    if (hints !== undefined) payload.bytes('hints', hints, BYTES_MAX);
  });
}

/** A speculation that these terms allow, in memory of its own, or `bad-frame`. */
export function decodeSpeculation(frame: Frame, terms: VerifierTerms): Speculation {
  return readPayload(frame, payload => {
    const requestId = payload.varint('requestId');
    const instrument = payload.varint('instrument');
    if (instrument >= terms.symbols.length) {
      const remedy = `the terms name ${terms.symbols.length} symbols, counted from 0`;
      throw badFrame(`instrument is ${instrument}`, remedy);
    }
    const epoch = payload.varint('epoch');
    const moveIndex = payload.varint('moveIndex');
    if (moveIndex < terms.contextMoves) {
      const remedy = `an epoch can be asked about from its move ${terms.contextMoves} on`;
      throw badFrame(`moveIndex is ${moveIndex}`, remedy);
    }
    const budgetNs = payload.varint('budgetNs');
    const identity = readIdentity(payload);
    const isWhole = (frame.flags & WHOLE) !== 0;
    const update = readUpdate(payload, isWhole, terms.contextMoves);
    const sideInputs = readSideInputs(payload, { flags: frame.flags, isWhole }, terms);
    const wantsPresent = (frame.flags & WANTS_PRESENT) !== 0;
    const branches = readBranches(payload, terms.branchesMax);
    const contexts = branches.length + (wantsPresent ? 1 : 0);
    if (contexts === 0) throw badFrame('branches is empty', 'name a branch or want the present');
    const hints = (frame.flags & HINTS) === 0 ? undefined : readHints(payload, terms, contexts);
    return {
      ...{ requestId, instrument, epoch, moveIndex, update, sideInputs, identity },
      ...{ budgetNs, wantsPresent, branches, hints },
    };
  });
}

/** The id of a request whose other fields are damaged, so that it can be refused by name. */
export function requestIdOf(frame: Frame): number | undefined {
  const reader = new ByteReader();
  reader.reset(frame.payload);
  try {
    return reader.varint('requestId');
  } catch {
    return undefined;
  }
}

function readUpdate(payload: ByteReader, whole: boolean, contextMoves: number): ContextUpdate {
  const tokens = payload.bytes('update.tokens', contextMoves).slice();
  checkBelow('update.tokens', tokens, TOKENS);
  if (!whole) return { kind: 'moves', tokens };
  checkLength('update.tokens', tokens, contextMoves);
  const codes = payload.bytes('update.codes', contextMoves).slice();
  checkLength('update.codes', codes, contextMoves);
  checkBelow('update.codes', codes, SCALE_CODES);
  const scale = payload.u32('update.scale');
  if (scale === 0 || scale > SCALE_MOST) {
    throw badFrame(`update.scale is ${scale}`, `give a scale state from 1 to ${SCALE_MOST}`);
  }
  return { kind: 'whole', tokens, codes, scale };
}

function readBranches(payload: ByteReader, branchesMax: number): Uint8Array {
  const branches = payload.bytes('branches', branchesMax).slice();
  checkBelow('branches', branches, TOKENS);
  if (new Set(branches).size === branches.length) return branches;
  throw badFrame(`branches is ${branches.join(',')}`, 'name each next move once');
}

function readHints(payload: ByteReader, terms: VerifierTerms, contexts: number): Uint8Array {
  if (terms.draftHash === '') {
    throw badFrame('hints come without a draft in the terms', 'name the draft hash in the terms');
  }
  const length = contexts * terms.paths * terms.moves;
  const hints = payload.bytes('hints', length).slice();
  checkLength('hints', hints, length);
  checkBelow('hints', hints, TOKENS);
  return hints;
}
