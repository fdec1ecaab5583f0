/** The terms of a connection: their bounds, canonical text, and the hash that frames carry. */

import { hash } from 'node:crypto';
import { badFrame } from '#engine';
import { forecastInts, SIDE_INPUTS_MAX, TOKENS } from '#law';
import { PAYLOAD_BYTES_MAX } from './frame.ts';
import type { VerifierTerms } from './speculation.ts';

/** What no terms may exceed, whatever a verifier allows. */
export const TERMS_LIMITS = {
  pathsMax: 1024,
  movesMax: 256,
  contextMovesMax: 4096,
  sideInputsMax: SIDE_INPUTS_MAX,
  /** As many as there are next moves. */
  branchesMax: TOKENS,
  symbolsMax: 4096,
  /** Bytes of a hash, a kernel's name or a symbol. */
  nameBytesMax: 128,
} as const;

/** No fewer than the bytes of a message beside its contexts, and of a context beside its values. */
const VERDICT_HEADER_BYTES = 256;
const CONTEXT_HEADER_BYTES = 16;

/** The first 8 bytes of the SHA-256 of the terms' canonical text. */
export function termsHash(terms: VerifierTerms): bigint {
  const text =
    `outrider terms 2\n${terms.modelHash}\n${terms.kernel}\n${terms.draftHash}\n${terms.seed}\n` +
    `${terms.paths}\n${terms.moves}\n${terms.contextMoves}\n${terms.sideInputs}\n` +
    `${terms.branchesMax}\n${terms.symbols.join('\n')}\n`;
  return hash('sha256', text, 'buffer').readBigUInt64LE(0);
}

/** Throws `bad-frame` naming the field that is out of its bounds. */
export function checkTerms(terms: VerifierTerms): void {
  const { pathsMax, movesMax, contextMovesMax, sideInputsMax, branchesMax, symbolsMax } =
    TERMS_LIMITS;
  checkName('terms.modelHash', terms.modelHash);
  checkName('terms.kernel', terms.kernel);
  if (terms.draftHash !== '') checkName('terms.draftHash', terms.draftHash);
  checkInteger('terms.seed', terms.seed, { least: 0, most: Number.MAX_SAFE_INTEGER });
  checkInteger('terms.paths', terms.paths, { least: 1, most: pathsMax });
  checkInteger('terms.moves', terms.moves, { least: 1, most: movesMax });
  checkInteger('terms.contextMoves', terms.contextMoves, { least: 1, most: contextMovesMax });
  checkInteger('terms.sideInputs', terms.sideInputs, { least: 0, most: sideInputsMax });
  checkInteger('terms.branchesMax', terms.branchesMax, { least: 0, most: branchesMax });
  checkInteger('terms.symbols.length', terms.symbols.length, { least: 1, most: symbolsMax });
  for (const symbol of terms.symbols) checkName('terms.symbols', symbol);
  if (new Set(terms.symbols).size !== terms.symbols.length) {
    throw badFrame('terms.symbols names a symbol twice', 'name each instrument once');
  }
  const verdictBytes = verdictBytesMax(terms);
  if (verdictBytes > PAYLOAD_BYTES_MAX) {
    throw badFrame(
      `terms.paths ${terms.paths} x moves ${terms.moves} x ${terms.branchesMax + 1} contexts ` +
        `make verdicts of ${verdictBytes} bytes, a frame holds ${PAYLOAD_BYTES_MAX}`,
      'ask for fewer paths, moves or branches',
    );
  }
}

/** No verdict under these terms has a longer payload, and no request either. */
function verdictBytesMax({ paths, moves, branchesMax, contextMoves }: VerifierTerms): number {
  const context = CONTEXT_HEADER_BYTES + paths + paths * moves + 4 * forecastInts(moves);
  return VERDICT_HEADER_BYTES + 2 * contextMoves + (branchesMax + 1) * context;
}

/** One line of printable ASCII, so that the canonical text has one reading. */
const NAME = /^[\x21-\x7e]+$/;

function checkName(field: string, value: string): void {
  if (value.length <= TERMS_LIMITS.nameBytesMax && NAME.test(value)) return;
  const shown = JSON.stringify(value.slice(0, 40));
  throw badFrame(
    `${field} is ${shown}`,
    `give 1 to ${TERMS_LIMITS.nameBytesMax} printable ASCII characters without spaces`,
  );
}

function checkInteger(
  field: string,
  value: number,
  { least, most }: { least: number; most: number },
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw badFrame(`${field} is ${value}`, `give an integer from ${least} to ${most}`);
}
