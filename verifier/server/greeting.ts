/** Whether an edge's terms are those of this verifier, and which is not. */

import type { HelloField, HelloRefusal } from '../protocol/hello-refusal.ts';
import type { VerifierTerms } from '../protocol/speculation.ts';
import type { VerifierDescription } from '../protocol/welcome.ts';

/** The first term that differs, with both values and a remedy; undefined where all agree. */
export function differenceOf(
  terms: VerifierTerms,
  description: VerifierDescription,
): HelloRefusal | undefined {
  const { modelHash, kernel, draftHash, pathsMax, movesMax, branchesMax } = description;
  if (terms.modelHash !== modelHash) {
    return unequal('modelHash', terms.modelHash, modelHash);
  }
  if (terms.kernel !== kernel) return unequal('kernel', terms.kernel, kernel);
  if (terms.draftHash !== '' && terms.draftHash !== draftHash) {
    return unequal('draftHash', terms.draftHash, draftHash || 'none');
  }
  if (terms.paths > pathsMax) return tooMany('paths', terms.paths, pathsMax);
  if (terms.moves > movesMax) return tooMany('moves', terms.moves, movesMax);
  if (terms.branchesMax > branchesMax) {
    return tooMany('branchesMax', terms.branchesMax, branchesMax);
  }
  return undefined;
}

const SAME_FILES = 'start both sides with the same model files';

function unequal(field: HelloField, edge: string, verifier: string): HelloRefusal {
  const detail = `${field}: the edge has ${edge}, the verifier ${verifier}: ${SAME_FILES}`;
  return { field, detail, permanent: true };
}

function tooMany(field: HelloField, edge: number, verifier: number): HelloRefusal {
  const detail = `${field}: the edge asks for ${edge}, allowed are ${verifier}: ask for less`;
  return { field, detail, permanent: true };
}
