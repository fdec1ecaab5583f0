/** A verdict on the wire; what an edge takes in is checked against the terms, field by field. */

import type { ByteReader } from '#engine';
import { badFrame } from '#engine';
import { forecastInts, TOKENS } from '#law';
import { checkBelow, checkLength, readIdentity, writeIdentity } from './fields.ts';
import type { Frame } from './frame.ts';
import { type FrameWriter, readPayload } from './payload.ts';
import type { SettledContext, Verdict, VerifierTerms } from './speculation.ts';

/*
   requestId, instrument, epoch, moveIndex: varint | identity: bytes (16)
   serviceNs, passes, drafted, accepted, verified: varint
   contexts: u8 count, then each:
     branch: u8, 255 for the present | accepted: bytes (S) | tokens: bytes (S x H)
     forecast: 3 + 9 H + 1 x i32
*/
const PRESENT = 255;
const BYTES_MAX = 1024 * 1024;

export function encodeVerdict(frames: FrameWriter, verdict: Verdict): Uint8Array {
  return frames({ name: 'verdict' }, payload => {
    payload.varint('requestId', verdict.requestId);
    payload.varint('instrument', verdict.instrument);
    payload.varint('epoch', verdict.epoch);
    payload.varint('moveIndex', verdict.moveIndex);
    writeIdentity(payload, verdict.identity);
    payload.varint('serviceNs', verdict.serviceNs);
    payload.varint('passes', verdict.passes);
    payload.varint('drafted', verdict.drafted);
    payload.varint('accepted', verdict.accepted);
    payload.varint('verified', verdict.verified);
    payload.u8('contexts', verdict.contexts.length);
    for (const context of verdict.contexts) {
      payload.u8('branch', context.branch ?? PRESENT);
      payload.bytes('accepted', context.accepted, BYTES_MAX);
      payload.bytes('tokens', context.tokens, BYTES_MAX);
      for (const value of context.forecast) payload.i32('forecast', value);
    }
  });
}

/** A verdict that these terms allow, in memory of its own, or `bad-frame`. */
export function decodeVerdict(frame: Frame, terms: VerifierTerms): Verdict {
  return readPayload(frame, payload => {
    const verdict: Verdict = {
      requestId: payload.varint('requestId'),
      instrument: payload.varint('instrument'),
      epoch: payload.varint('epoch'),
      moveIndex: payload.varint('moveIndex'),
      identity: readIdentity(payload),
      serviceNs: payload.varint('serviceNs'),
      passes: payload.varint('passes'),
      drafted: payload.varint('drafted'),
      accepted: payload.varint('accepted'),
      verified: payload.varint('verified'),
      contexts: [],
    };
    if (verdict.accepted > verdict.drafted) {
      throw badFrame(`accepted is ${verdict.accepted}`, `only ${verdict.drafted} were drafted`);
    }
    const contexts = payload.u8('contexts');
    if (contexts > terms.branchesMax + 1) {
      throw badFrame(`contexts is ${contexts}`, `these terms allow ${terms.branchesMax + 1}`);
    }
    for (let count = 0; count < contexts; count++)
      verdict.contexts.push(readContext(payload, terms));
    if (new Set(verdict.contexts.map(({ branch }) => branch)).size !== contexts) {
      throw badFrame('contexts holds a branch twice', 'settle each branch once');
    }
    return verdict;
  });
}

function readContext(payload: ByteReader, { paths, moves }: VerifierTerms): SettledContext {
  const branch = payload.u8('branch');
  if (branch >= TOKENS && branch !== PRESENT) {
    throw badFrame(`branch is ${branch}`, `give a token below ${TOKENS}, or 255 for the present`);
  }
  const accepted = payload.bytes('accepted', paths).slice();
  checkLength('accepted', accepted, paths);
  checkBelow('accepted', accepted, moves + 1);
  const tokens = payload.bytes('tokens', paths * moves).slice();
  checkLength('tokens', tokens, paths * moves);
  checkBelow('tokens', tokens, TOKENS);
  const forecast = new Int32Array(forecastInts(moves));
  for (let at = 0; at < forecast.length; at++) forecast[at] = payload.i32('forecast');
  return { branch: branch === PRESENT ? undefined : branch, accepted, tokens, forecast };
}
